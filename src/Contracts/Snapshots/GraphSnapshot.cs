using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// Everything training needs, as of one moment: an immutable picture of the GraphBuilder's state. Users and items are numbered
/// densely in order of arrival; that order differs from run to run, the content's hash (<see cref="SnapshotHash"/>) does not.
/// </summary>
public sealed record GraphSnapshot
{
    /// <summary>Number, hash, counts and times.</summary>
    public required SnapshotInfo Info { get; init; }

    /// <summary>Kafka offsets the state reflects: the next record to read.</summary>
    public IReadOnlyList<TopicOffset> Offsets { get; init; } = [];

    /// <summary>How the graphs were cut; names in <see cref="SnapshotSettings"/>.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>External id of each user.</summary>
    public required string[] UserIds { get; init; }

    /// <summary>External id of each item.</summary>
    public required string[] ItemIds { get; init; }

    /// <summary>Categories of each item.</summary>
    public required string[][] Categories { get; init; }

    /// <summary>Whether each item may be recommended.</summary>
    public required bool[] Available { get; init; }

    /// <summary>Who touched what, when.</summary>
    public required InteractionMatrix Interactions { get; init; }

    /// <summary>The items' raw vectors, modalities in ordinal order of name.</summary>
    public required IReadOnlyList<ModalityFeatures> Modalities { get; init; }

    /// <summary>Users with most items in common, with the counts (eq. 1).</summary>
    public required SparseRows UserCooccurrence { get; init; }

    /// <summary>Items with most users in common, with the counts (eq. 1).</summary>
    public required SparseRows ItemCooccurrence { get; init; }

    /// <summary>Per modality: users with the nearest mean vectors, with the cosines, the user itself among them (eq. 2).</summary>
    public required IReadOnlyList<SparseRows> UserInterest { get; init; }

    /// <summary>Per modality: items with the nearest vectors, with the cosines, the item itself among them (eq. 2).</summary>
    public required IReadOnlyList<SparseRows> ItemSemantic { get; init; }

    /// <summary>Number of users.</summary>
    public int Users => UserIds.Length;

    /// <summary>Number of items.</summary>
    public int Items => ItemIds.Length;
}
