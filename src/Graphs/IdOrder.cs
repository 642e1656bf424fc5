using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Graphs;

/// <summary>
/// The order that breaks ties and in which floating-point sums are taken: by <see cref="StableHash"/> of the external id (then by the
/// id itself), so that nothing depends on the order of arrival.
/// </summary>
public static class IdOrder
{
    /// <summary>The rank of each id in that order, from 0.</summary>
    /// <exception cref="ArgumentException">An id occurs twice.</exception>
    public static int[] Ranks(string[] ids)
    {
        var hashes = StableHash.Of(ids);
        var order = new int[ids.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => hashes[a] != hashes[b] ? hashes[a].CompareTo(hashes[b]) : string.CompareOrdinal(ids[a], ids[b]));
        var ranks = new int[ids.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            if (rank > 0 && ids[order[rank]] == ids[order[rank - 1]])
                throw new ArgumentException($"The id \"{ids[order[rank]]}\" occurs twice; ids must be distinct.", nameof(ids));
            ranks[order[rank]] = rank;
        }
        return ranks;
    }

    /// <summary>The inverse: the index at each rank.</summary>
    internal static int[] ByRank(int[] ranks)
    {
        var order = new int[ranks.Length];
        for (var i = 0; i < ranks.Length; i++)
            order[ranks[i]] = i;
        return order;
    }
}
