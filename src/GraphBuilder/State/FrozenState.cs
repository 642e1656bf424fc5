namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The state as it was at one moment, for any thread: what snapshots are cut from and checkpoints are written from.</summary>
internal sealed record FrozenState
{
    /// <summary>Id of each user (UTF-8); null where it has been forgotten.</summary>
    public required FrozenList<byte[]?> UserIds { get; init; }

    /// <summary>Pairs of each user.</summary>
    public required FrozenList<UserRow> Users { get; init; }

    /// <summary>Id of each item (UTF-8).</summary>
    public required FrozenList<byte[]?> ItemIds { get; init; }

    /// <summary>Description of each item.</summary>
    public required FrozenList<ItemState> Items { get; init; }

    /// <summary>Stable hash of each erased user's id, and until when events stay out.</summary>
    public required KeyValuePair<ulong, long>[] Erasures { get; init; }

    public required IReadOnlyList<Modality> Modalities { get; init; }

    public required long Version { get; init; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public required long EventTime { get; init; }
}
