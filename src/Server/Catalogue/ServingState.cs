using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Everything an answer is made from, except the user's own history. Immutable: the follower replaces it with a new one, and a request uses the one
/// it took to the end.
/// </summary>
/// <param name="Generation">The generation served; null before the first.</param>
/// <param name="Recommendable">Its rows that may be recommended now.</param>
/// <param name="Popular">What to show before the first generation; null if there is none either.</param>
/// <param name="Live">What must take effect ahead of the next generation.</param>
/// <param name="Problem">Why the newest published generation is not being served; empty if it is.</param>
internal sealed record ServingState(LoadedGeneration? Generation, ulong[] Recommendable, PopularItems? Popular, LiveRestrictions Live, string Problem)
{
    private ulong[]? _unavailable;

    /// <summary>What is known of items beside the generation.</summary>
    public CatalogueView Catalogue
    {
        get;
        init => (field, _unavailable) = (value, null);
    } = CatalogueView.Empty;

    /// <summary>The version of the hidden items that <see cref="Recommendable"/> is of.</summary>
    public long HiddenVersion { get; init; } = -1;

    /// <summary>The version of the live items that <see cref="Catalogue"/> is of.</summary>
    public long ItemsVersion { get; init; } = -1;

    /// <summary>The generation's rows that are in the catalogue, but may not be recommended now; empty while the catalogue is not known.</summary>
    public ReadOnlySpan<ulong> Unavailable => _unavailable ??= Without(Catalogue.Described, Recommendable);

    /// <summary>Whether this generation is pinned: a newer one may have been published.</summary>
    public bool IsPinned { get; init; }

    /// <summary>The experiment's arm that this state is of; empty while none runs.</summary>
    public string Arm { get; init; } = "";

    /// <summary>The id of that experiment.</summary>
    public string ExperimentId { get; init; } = "";

    /// <summary>The experiment, in the state of its control; null while none runs, and in that of its treatment.</summary>
    public RunningSplit? Split { get; init; }

    /// <summary>What is trending; null if nobody says.</summary>
    public TrendingItems? Trending { get; init; }

    /// <summary>Before anything has been read.</summary>
    public static ServingState Nothing { get; } = new(null, [], null, LiveRestrictions.None, "Redis has not been read yet.");

    /// <summary>The state with this generation under these restrictions.</summary>
    public static ServingState Of(LoadedGeneration? generation, PopularItems? popular, LiveRestrictions live, string problem)
    {
        if (generation is null)
            return new(null, [], popular, live, problem);
        // The live state knows of each item whether it is available now; what was true when the generation was trained counts only without it.
        var recommendable = live.IsKnown ? ItemSet.All(generation.ItemIds.Count) : generation.Available.ToArray();
        var rows = new ItemSet(recommendable);
        foreach (var id in live.HiddenItems)
            if (generation.TryGetItem(id, out var row))
                rows.Remove(row);
        return new(generation, recommendable, null, live, problem);
    }

    /// <summary>Its rows that may be recommended once items have been hidden or shown: what <see cref="Of"/> would give.</summary>
    /// <param name="changed">These items; null: any.</param>
    /// <param name="live">What must take effect now.</param>
    public ulong[] RecommendableAfter(IEnumerable<string>? changed, LiveRestrictions live)
    {
        if (Generation is not { } generation || changed is null || live.IsKnown != Live.IsKnown)
            return Of(Generation, null, live, "").Recommendable;
        var words = Recommendable;
        foreach (var id in changed)
        {
            if (!generation.TryGetItem(id, out var row))
                continue;
            var isOut = live.HiddenItems.Contains(id) || !(live.IsKnown || ItemSet.Contains(generation.Available, row));
            if (ItemSet.Contains(words, row) != isOut)
                continue;
            if (words == Recommendable)
                words = [.. words];
            words[row >> 6] ^= 1UL << row;
        }
        return words;
    }

    /// <summary>What a user is answered from: the state of the user's arm, while an experiment runs; who is not known ("") is in the control.</summary>
    public ServingState For(string userId) => Split is { } split && split.Users.IsTreated(userId) ? split.Treatment : this;

    /// <summary>The id of a row; rows beyond the generation's are new items.</summary>
    public string ItemId(LoadedGeneration generation, int row) =>
        row < generation.ItemIds.Count ? generation.ItemIds[row] : Catalogue.New.Id(row - generation.ItemIds.Count);

    /// <summary>The vector of a row; rows beyond the generation's are new items.</summary>
    public ReadOnlySpan<float> Vector(LoadedGeneration generation, int row) =>
        row < generation.ItemIds.Count ? generation.Items[row] : Catalogue.New.Vector(row - generation.ItemIds.Count);

    /// <summary>1 / length of that vector; 0 for one that is too short to have a direction.</summary>
    public float InverseLength(LoadedGeneration generation, int row) =>
        row < generation.ItemIds.Count ? generation.Items.InverseLengths[row] : Catalogue.New.InverseLength(row - generation.ItemIds.Count);

    /// <summary>The generation's rows in a category, as of now; none if no item is in it.</summary>
    public CategoryRows ItemsOf(string category) => Catalogue.ItemsOfCategory is { } now ? now.GetValueOrDefault(category)
        : Generation?.ItemsOfCategory.GetValueOrDefault(category) is { } trained ? new(trained) : default;

    /// <summary>Was the user erased after the generation's snapshot was cut? Then nothing that the generation knows of the user may be used.</summary>
    public bool IsErased(string userId) => Live.ErasedUsers.Count > 0 && Live.ErasedUsers.Contains(RedisKeys.UserHash(StableHash.Of(userId)));

    private static ulong[] Without(ulong[] set, ulong[] other) => [.. set.Select((word, i) => word & ~other[i])];
}
