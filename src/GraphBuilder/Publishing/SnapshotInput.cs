using System.Diagnostics;
using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>What a snapshot is to be cut from.</summary>
internal sealed record SnapshotInput
{
    /// <summary>What this process knows.</summary>
    public required FrozenState State { get; init; }

    /// <summary>Offsets that it reflects.</summary>
    public required IReadOnlyDictionary<TopicPartition, long> Offsets { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>It is what the newest snapshot shows.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The partitions of which other GraphBuilders know; their checkpoints are taken.</summary>
    public IReadOnlyList<int> Others { get; init; } = [];

    /// <summary>Whether those have to be of now: somebody asked for all that has been read.</summary>
    public bool Asked { get; init; }

    /// <summary>Whose trace this belongs to.</summary>
    public ActivityContext Caller { get; init; }

    /// <summary>Traces of the events that are new in it.</summary>
    public IReadOnlyList<ActivityLink> Links { get; init; } = [];
}
