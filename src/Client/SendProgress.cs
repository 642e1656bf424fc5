namespace Rearm.Streaming.Client;

/// <summary>How far a sending has got.</summary>
/// <param name="Accepted">Events the broker has.</param>
/// <param name="Rejected">Events that break a rule.</param>
/// <param name="Retried">Events that had to be sent again, each time counted.</param>
public readonly record struct SendProgress(long Accepted, long Rejected, long Retried)
{
    /// <summary>Events answered for good.</summary>
    public long Done => Accepted + Rejected;
}
