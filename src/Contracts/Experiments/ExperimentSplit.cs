using System.IO.Hashing;
using System.Text;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Experiments;

/// <summary>
/// Who is in which arm of an experiment: a hash of the experiment's id and the user's decides, so the same user is always in the same arm, on every Server, and
/// being in an arm of one experiment says nothing about the next.
/// </summary>
public sealed class ExperimentSplit
{
    private readonly long _seed;
    private readonly ulong _below;

    /// <summary>The split of an experiment.</summary>
    public ExperimentSplit(Experiment experiment)
    {
        _seed = (long)StableHash.Of(experiment.Id);
        // A share is at most 1 - 2^-53, so this is within range.
        _below = (ulong)(experiment.Share * ulong.MaxValue);
    }

    /// <summary>Whether a user is in the treatment, and not the control.</summary>
    /// <param name="userId">At most <see cref="EventRules.MaxIdBytes"/> bytes of UTF-8; who is not known ("") is in the control.</param>
    public bool IsTreated(string userId)
    {
        if (userId.Length == 0)
            return false;
        Span<byte> utf8 = stackalloc byte[EventRules.MaxIdBytes];
        var hash = Encoding.UTF8.TryGetBytes(userId, utf8, out var written)
            ? XxHash3.HashToUInt64(utf8[..written], _seed)
            : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(userId), _seed);
        return hash < _below;
    }
}
