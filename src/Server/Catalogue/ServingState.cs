using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Everything an answer is made from, except the user's own history. Immutable: the follower replaces it with a new one, and a request uses the one
/// it took to the end.
/// </summary>
/// <param name="Generation">The generation served; null before the first.</param>
/// <param name="Recommendable">Its rows that may be recommended now.</param>
/// <param name="Popular">What to show before the first generation; null if there is none either.</param>
/// <param name="Hidden">Items that must not be recommended now.</param>
/// <param name="Problem">Why the newest published generation is not being served; empty if it is.</param>
internal sealed record ServingState(LoadedGeneration? Generation, ulong[] Recommendable, PopularItems? Popular, HashSet<string> Hidden, string Problem)
{
    /// <summary>Before anything has been read.</summary>
    public static ServingState Nothing { get; } = new(null, [], null, [], "Redis has not been read yet.");

    /// <summary>The state with this generation and these hidden items.</summary>
    public static ServingState Of(LoadedGeneration? generation, PopularItems? popular, HashSet<string> hidden, string problem)
    {
        if (generation is null)
            return new(null, [], popular, hidden, problem);
        var recommendable = generation.Available.ToArray();
        var rows = new ItemSet(recommendable);
        foreach (var id in hidden)
            if (generation.TryGetItem(id, out var row))
                rows.Remove(row);
        return new(generation, recommendable, null, hidden, problem);
    }
}
