using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>What has to be written and removed for Redis to have a user's items as it keeps them, for "seen" and for "recent".</summary>
/// <param name="Kept">Items with what was done.</param>
/// <param name="Removed">Items that the user never touched after all, or that are too old to be kept.</param>
internal readonly record struct SeenItems(List<HashEntry> Kept, List<RedisValue> Removed)
{
    /// <summary>The entries for all of the user's items.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="shard">Where the user is.</param>
    /// <param name="user">The user.</param>
    /// <param name="most">Positive items kept, the newest, and those of the same time as the oldest of these; negative ones are always kept.</param>
    public static SeenItems All(GraphState state, UserShard shard, int user, int most) =>
        Of(state, shard.PairsOf(user), Window.Of(shard.PairsOf(user), most, null), null);

    /// <summary>The entries for what may differ after some of the user's pairs have changed.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="shard">Where the user is.</param>
    /// <param name="user">The user.</param>
    /// <param name="most">As for all.</param>
    /// <param name="changed">The items of the pairs, ascending; the same may come twice.</param>
    public static SeenItems Changed(GraphState state, UserShard shard, int user, int most, List<int> changed) =>
        Of(state, shard.PairsOf(user), Window.Of(shard.PairsOf(user), most, changed.Count), changed);

    /// <summary>How many of the user's items Redis has.</summary>
    /// <inheritdoc cref="All" path="/param"/>
    public static int Count(UserShard shard, int user, int most)
    {
        var pairs = shard.PairsOf(user);
        var window = Window.Of(pairs, most, null);
        var count = 0;
        foreach (var pair in pairs)
            count += window.Keeps(pair) ? 1 : 0;
        return count;
    }

    private static SeenItems Of(GraphState state, ReadOnlySpan<Pair> pairs, Window window, List<int>? changed)
    {
        var seen = new SeenItems([], []);
        foreach (var pair in pairs)
        {
            if (changed is not null && !window.MayHaveMoved(pair) && changed.BinarySearch(pair.Item) < 0)
                continue;
            var id = state.ItemIds.Utf8(pair.Item);
            if (window.Keeps(pair))
                seen.Kept.Add(new(id, HistoryCodec.Write(new("", pair.Time, !pair.IsPositive, pair.Types, pair.Offset))));
            else
                seen.Removed.Add(id);
        }
        return seen;
    }

    /// <summary>Which of a user's positive pairs are new enough.</summary>
    /// <param name="Oldest">The time of the oldest that is kept.</param>
    /// <param name="MovedFrom">Of this time or newer, but not newer than <paramref name="MovedTo"/>, are those that may have been on the other side before.</param>
    /// <param name="MovedTo">See there.</param>
    private readonly record struct Window(long Oldest, long MovedFrom, long MovedTo)
    {
        /// <summary>The window after so many changes; null: everything may have changed.</summary>
        public static Window Of(ReadOnlySpan<Pair> pairs, int most, int? changes)
        {
            // With fewer pairs, changed ones included, nothing was ever too old; an event takes no pair away.
            if (pairs.Length <= most)
                return new(long.MinValue, long.MaxValue, long.MinValue);
            var times = new List<long>(pairs.Length);
            foreach (var pair in pairs)
                if (pair.IsPositive)
                    times.Add(pair.Time);
            times.Sort();
            // Each change moves the others by one place at most.
            var moved = changes ?? times.Count;
            return new(At(times, most), At(times, most + moved), moved >= most ? long.MaxValue : At(times, most - moved));
        }

        public bool Keeps(Pair pair) => pair.Kind == PairKind.Negative || (pair.IsPositive && pair.Time >= Oldest);

        public bool MayHaveMoved(Pair pair) => pair.IsPositive && pair.Time >= MovedFrom && pair.Time <= MovedTo;

        // The time of the n-th newest.
        private static long At(List<long> times, int n) => n > times.Count ? long.MinValue : times[^n];
    }
}
