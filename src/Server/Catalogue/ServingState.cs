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
    /// <summary>Before anything has been read.</summary>
    public static ServingState Nothing { get; } = new(null, [], null, LiveRestrictions.None, "Redis has not been read yet.");

    /// <summary>The state with this generation under these restrictions.</summary>
    public static ServingState Of(LoadedGeneration? generation, PopularItems? popular, LiveRestrictions live, string problem)
    {
        if (generation is null)
            return new(null, [], popular, live, problem);
        // The live state knows of each item whether it is available now; what was true when the generation was trained counts only without it.
        var recommendable = live.IsKnown ? ItemSet.All(generation.ItemIds.Length) : generation.Available.ToArray();
        var rows = new ItemSet(recommendable);
        foreach (var id in live.HiddenItems)
            if (generation.TryGetItem(id, out var row))
                rows.Remove(row);
        return new(generation, recommendable, null, live, problem);
    }

    /// <summary>Was the user erased after the generation's snapshot was cut? Then nothing that the generation knows of the user may be used.</summary>
    public bool IsErased(string userId) => Live.ErasedUsers.Count > 0 && Live.ErasedUsers.Contains(RedisKeys.UserHash(StableHash.Of(userId)));
}
