using Rearm.Streaming.Client;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>What of a data set to replay, and how fast.</summary>
public sealed record ReplayOptions
{
    /// <summary>Which interactions.</summary>
    public Split Split { get; init; } = Split.Train;

    /// <summary>Whether the items' descriptions are sent first.</summary>
    public bool Items { get; init; } = true;

    /// <summary>Interactions per second at most; null for as fast as they are acknowledged. Items always go as fast as they can.</summary>
    public double? Rate { get; init; }
}

/// <summary>How far a replay has got.</summary>
/// <param name="Part">What is being sent: "items" or "interactions".</param>
/// <param name="Done">Events of the part that were answered for good.</param>
/// <param name="Total">Events of the part.</param>
/// <param name="Rejected">Of those done, events that break a rule.</param>
/// <param name="Retried">Events of the part that had to be sent again, each time counted.</param>
public readonly record struct ReplayProgress(string Part, long Done, long Total, long Rejected, long Retried);

/// <summary>What became of a replay.</summary>
/// <param name="Items">Of the items' descriptions.</param>
/// <param name="Interactions">Of the interactions.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ReplaySummary(SendSummary Items, SendSummary Interactions, TimeSpan Duration);
