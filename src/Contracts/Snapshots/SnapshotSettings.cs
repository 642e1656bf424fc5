namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Names in <see cref="GraphSnapshot.Settings"/>.</summary>
public static class SnapshotSettings
{
    /// <summary>Neighbours per user, in both the co-occurrence and the interest graphs.</summary>
    public const string UserNeighbors = "user_neighbors";

    /// <summary>Neighbours per item, in both the co-occurrence and the semantic graphs.</summary>
    public const string ItemNeighbors = "item_neighbors";

    /// <summary>An item with more users than this is ignored when users' common items are counted; 0: no limit.</summary>
    public const string MaxUsersPerItem = "max_users_per_item";

    /// <summary>A user with more items than this is ignored when items' common users are counted; 0: no limit.</summary>
    public const string MaxItemsPerUser = "max_items_per_user";

    /// <summary>Up to so many users or items neighbours are exact; 0: always.</summary>
    public const string ExactNeighborsUpTo = "exact_neighbors_up_to";

    /// <summary>Cells of near ones that each is compared with where neighbours are not exact.</summary>
    public const string NeighborProbes = "neighbor_probes";

    /// <summary>How raw features were prepared before cosines: <see cref="CenteredL2"/> (default) or <see cref="NoPreprocessing"/>.</summary>
    public const string Preprocessing = "preprocessing";

    /// <summary>A value of <see cref="Preprocessing"/>: columns centred, then rows scaled to length 1.</summary>
    public const string CenteredL2 = "centered-l2";

    /// <summary>A value of <see cref="Preprocessing"/>: features as the shop sent them.</summary>
    public const string NoPreprocessing = "none";
}
