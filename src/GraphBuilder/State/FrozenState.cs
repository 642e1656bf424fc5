namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The state as it was at one moment, for any thread: what snapshots are cut from.</summary>
internal sealed record FrozenState
{
    public required FrozenItems Items { get; init; }

    public required IReadOnlyList<FrozenShard> Shards { get; init; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public long EventTime => Shards.Aggregate(Items.EventTime, (newest, shard) => Math.Max(newest, shard.EventTime));
}
