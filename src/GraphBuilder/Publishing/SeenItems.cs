using Rearm.Streaming.GraphBuilder.State;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>A user's items as Redis keeps them, for "seen" and for "recent".</summary>
/// <param name="Kept">Items with their scores: the time, negated for an item that the user does not want.</param>
/// <param name="Left">Items that are not kept: taken back, or older than the newest so many.</param>
internal readonly record struct SeenItems(List<SortedSetEntry> Kept, List<RedisValue> Left)
{
    /// <summary>The entries for some of the user's items, or for all.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="user">The user.</param>
    /// <param name="most">Items kept; negative ones are always kept.</param>
    /// <param name="items">Those that have changed, ascending; null for all.</param>
    public static SeenItems Of(GraphState state, int user, int most, List<int>? items)
    {
        var oldest = OldestKept(state.PairsOf(user), most);
        var seen = new SeenItems([], []);
        foreach (var pair in state.PairsOf(user))
            // Those that an event pushes out have not changed themselves, so a user with too many is gone through whole.
            if (oldest > long.MinValue || items is null || items.BinarySearch(pair.Item) >= 0)
            {
                var id = (RedisValue)state.ItemIds.Utf8(pair.Item)!;
                if (pair.Kind == PairKind.Retracted || (pair.IsPositive && pair.Time < oldest))
                    seen.Left.Add(id);
                else if (items is null || items.BinarySearch(pair.Item) >= 0)
                    seen.Kept.Add(new(id, pair.IsPositive ? pair.Time : -pair.Time));
            }
        return seen;
    }

    private static long OldestKept(ReadOnlySpan<Pair> pairs, int most)
    {
        if (pairs.Length <= most)
            return long.MinValue;
        var times = new List<long>(pairs.Length);
        foreach (var pair in pairs)
            if (pair.IsPositive)
                times.Add(pair.Time);
        if (times.Count <= most)
            return long.MinValue;
        times.Sort();
        return times[^most];
    }
}
