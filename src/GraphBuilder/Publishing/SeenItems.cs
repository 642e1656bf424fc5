using Rearm.Streaming.GraphBuilder.State;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>A user's items as Redis keeps them, for "seen" and for "recent".</summary>
/// <param name="Kept">Items with their scores: the time, negated for an item that the user does not want.</param>
/// <param name="Retracted">Items that the user never touched after all.</param>
/// <param name="Oldest">Items with an older positive time are not kept; 0 if all are.</param>
internal readonly record struct SeenItems(List<SortedSetEntry> Kept, List<RedisValue> Retracted, long Oldest)
{
    /// <summary>The entries for some of the user's items, or for all.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="user">The user.</param>
    /// <param name="most">Items kept; negative ones are always kept.</param>
    /// <param name="items">Those that have changed, ascending; null for all.</param>
    public static SeenItems Of(GraphState state, int user, int most, List<int>? items)
    {
        var seen = new SeenItems([], [], OldestKept(state.PairsOf(user), most));
        foreach (var pair in state.PairsOf(user))
            if (items is null || items.BinarySearch(pair.Item) >= 0)
                if (pair.Kind == PairKind.Retracted)
                    seen.Retracted.Add(state.ItemIds.Utf8(pair.Item));
                else if (!pair.IsPositive || pair.Time >= seen.Oldest)
                    seen.Kept.Add(new(state.ItemIds.Utf8(pair.Item), pair.IsPositive ? pair.Time : -pair.Time));
        return seen;
    }

    private static long OldestKept(ReadOnlySpan<Pair> pairs, int most)
    {
        if (pairs.Length <= most)
            return 0;
        var times = new List<long>(pairs.Length);
        foreach (var pair in pairs)
            if (pair.IsPositive)
                times.Add(pair.Time);
        if (times.Count <= most)
            return 0;
        times.Sort();
        return times[^most];
    }
}
