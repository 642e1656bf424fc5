using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>What goes into one checkpoint, of the items or of a shard: pictures of the state, and the offsets that they reflect.</summary>
internal sealed record CheckpointContent
{
    private CheckpointContent()
    {
    }

    /// <summary>For each partition that it is of the next record to read.</summary>
    public required IReadOnlyDictionary<TopicPartition, long> Offsets { get; init; }

    /// <summary>When the pictures were taken.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The newest request for checkpoints that had been seen by then (<see cref="CheckpointSchedule.Ask"/>).</summary>
    public long Asked { get; init; }

    /// <summary>Records yet to be read then.</summary>
    public long Lag { get; init; }

    public required FrozenItems Items { get; init; }

    /// <summary>The shard; null for a checkpoint of the items.</summary>
    public FrozenShard? Shard { get; init; }

    public static CheckpointContent OfItems(FrozenItems items, IReadOnlyDictionary<TopicPartition, long> offsets, DateTimeOffset takenAt) =>
        new() { Items = items, Offsets = offsets, TakenAt = takenAt };

    /// <param name="shard">The users.</param>
    /// <param name="items">Those that the users' pairs name: of them the ids alone are kept.</param>
    /// <param name="offsets">Offset of the shard's partition.</param>
    /// <param name="takenAt">When the pictures were taken.</param>
    /// <param name="asked">The newest request for checkpoints seen by then.</param>
    public static CheckpointContent OfShard(
        FrozenShard shard, FrozenItems items, IReadOnlyDictionary<TopicPartition, long> offsets, DateTimeOffset takenAt, long asked) =>
        new() { Shard = shard, Items = items, Offsets = offsets, TakenAt = takenAt, Asked = asked };
}
