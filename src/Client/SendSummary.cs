using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>What became of the events sent: each was accepted or rejected.</summary>
/// <param name="Accepted">Events the broker has.</param>
/// <param name="Rejected">Events that break a rule.</param>
/// <param name="Retried">Events that had to be sent again, each time counted.</param>
/// <param name="FirstRejections">The first few rejections, with field and reason.</param>
public sealed record SendSummary(long Accepted, long Rejected, long Retried, IReadOnlyList<EventResult> FirstRejections)
{
    /// <summary>Events sent, each counted once.</summary>
    public long Sent => Accepted + Rejected;
}
