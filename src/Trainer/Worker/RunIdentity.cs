using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>Which run it is: runs with the same identity give the same generation.</summary>
internal static class RunIdentity
{
    /// <param name="snapshot">What it is trained on.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="settings">How; the number of threads makes no difference.</param>
    /// <param name="maxValidationUsers">How much is held out.</param>
    /// <param name="startFrom">The checksum of the model file to start from; empty: none.</param>
    /// <param name="gate">What of the held-out part the quality gate measures on, so that training does not stop by it.</param>
    internal static string Of(
        GraphSnapshot snapshot, ModelDefinition model, ModelSettings settings, int maxValidationUsers, string startFrom, string gate) => JsonSerializer.Serialize(new
        {
            Snapshot = snapshot.Info.Hash,
            Model = model.Name,
            Settings = settings with { Threads = 0 },
            Parameters = model.Describe(settings),
            // A preset may have other numbers in another release.
            Values = model.Values?.Invoke(settings),
            MaxValidationUsers = maxValidationUsers,
            Gate = gate,
            StartFrom = startFrom,
        });

    /// <summary>A short name for an identity: the beginning of its SHA-256, in hex.</summary>
    internal static string NameOf(string identity) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 8));
}
