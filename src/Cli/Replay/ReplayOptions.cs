using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Which part of a data set to replay, and how fast.</summary>
public sealed record ReplayOptions
{
    /// <summary>Which interactions.</summary>
    public Split Split { get; init; } = Split.Train;

    /// <summary>Whether the items' descriptions are sent first.</summary>
    public bool Items { get; init; } = true;

    /// <summary>Maximum interactions per second; null for as fast as they are acknowledged. Items are never slowed down.</summary>
    public double? Rate { get; init; }
}
