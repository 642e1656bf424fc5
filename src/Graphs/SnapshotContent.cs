using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Graphs;

/// <summary>What a snapshot is made from: everything but the graphs.</summary>
public sealed record SnapshotContent
{
    /// <summary>External id of each user, distinct.</summary>
    public required string[] UserIds { get; init; }

    /// <summary>External id of each item, distinct.</summary>
    public required string[] ItemIds { get; init; }

    /// <summary>Categories of each item.</summary>
    public required string[][] Categories { get; init; }

    /// <summary>Whether each item may be recommended.</summary>
    public required bool[] Available { get; init; }

    /// <summary>Who touched what (<see cref="InteractionPairs"/> makes it from pairs in any order).</summary>
    public required InteractionMatrix Interactions { get; init; }

    /// <summary>The items' raw vectors, in any order of modalities.</summary>
    public required IReadOnlyList<ModalityFeatures> Modalities { get; init; }

    /// <summary>The newest event time read, Unix milliseconds, of whatever kind of event; null: that of the newest interaction.</summary>
    public long? EventTime { get; init; }

    /// <summary>Kafka offsets it reflects.</summary>
    public IReadOnlyList<TopicOffset> Offsets { get; init; } = [];

    /// <summary>The modalities in the order of a snapshot: ordinal, by name.</summary>
    internal ModalityFeatures[] SortedModalities => [.. Modalities.OrderBy(m => m.Name, StringComparer.Ordinal)];
}
