using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>
/// What a snapshot knows of its items, on the device: per modality a token for each item that has a vector. Row 0 is padding, row i + 1 item i.
/// </summary>
/// <param name="modalities">The modalities, in the order of the model.</param>
/// <param name="known">Whether each item has a token in any of them.</param>
internal sealed class ItemTokens(IReadOnlyList<ModalTokens> modalities, bool[] known) : IDisposable
{
    /// <summary>The modalities, in the order of the model.</summary>
    internal IReadOnlyList<ModalTokens> Modalities { get; } = modalities;

    /// <summary>What was done to the features; as the shop sent them unless somebody says otherwise.</summary>
    internal FeaturePreparation Preparation { get; init; } = new(GraphSettings.None, [.. modalities.Select(_ => Array.Empty<float>())]);

    /// <summary>Whether an item has a token in any modality.</summary>
    internal bool Knows(int item) => known[item];

    /// <summary>The tokens of some rows, by modality.</summary>
    internal ModalTokens[] Select(Tensor rows) => [.. Modalities.Select(modality => modality.Select(rows))];

    /// <param name="snapshot">The snapshot.</param>
    /// <param name="features">Its prepared features.</param>
    /// <param name="wanted">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where they are to be.</param>
    /// <exception cref="ArgumentException">A modality is not in the snapshot, or it has none at all.</exception>
    internal static ItemTokens From(GraphSnapshot snapshot, PreparedFeatures features, IReadOnlyList<string>? wanted, ScalarType dtype, Device device)
    {
        var chosen = ModalityChoice.Resolve(snapshot.Modalities, wanted);
        if (chosen.Length == 0)
            throw new UnsuitableDataException("The model pmmrec knows items by their vectors alone, and the data has none; choose a model of ids, e.g. sasrec.");
        bool[] known = [.. Enumerable.Range(0, snapshot.Items).Select(item => chosen.Any(m => snapshot.Modalities[m].Present[item]))];
        return new([.. chosen.Select(m => Tokens(snapshot.Modalities[m], features.Values[m], dtype, device))], known)
        {
            Preparation = FeaturePreparation.Of(snapshot, chosen),
        };
    }

    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Dispose();
    }

    private static ModalTokens Tokens(ModalityFeatures modality, FloatMatrix features, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var values = cat([zeros(1, features.Columns, dtype, device), FeatureTensor.From(features, dtype, device)], 0).unsqueeze(1);
        var mask = tensor([0, .. modality.Present.Select(present => present ? 1f : 0f)], [features.Rows + 1, 1], dtype: dtype, device: device);
        return new(modality.Name, values.DetachFromDisposeScope(), mask.DetachFromDisposeScope());
    }
}
