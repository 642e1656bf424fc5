namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>One partition's users as they were at one moment, for any thread. Pairs name items by the numbers of the state that it was taken of.</summary>
internal sealed record FrozenShard
{
    /// <summary>The partition of the interactions topic.</summary>
    public required int Partition { get; init; }

    /// <summary>Id of each user (UTF-8); null where it has been forgotten.</summary>
    public required FrozenList<byte[]?> UserIds { get; init; }

    /// <summary>Pairs of each user.</summary>
    public required FrozenList<UserRow> Users { get; init; }

    /// <summary>The event types whose bits the pairs have.</summary>
    public required IReadOnlyList<string> TypeNames { get; init; }

    /// <summary>Stable hash of each erased user's id, and until when events stay out.</summary>
    public required KeyValuePair<ulong, long>[] Erasures { get; init; }

    /// <summary>The newest event time read of the partition, Unix milliseconds; -1 before the first.</summary>
    public required long EventTime { get; init; }
}
