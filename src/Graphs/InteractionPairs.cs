using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Makes an <see cref="InteractionMatrix"/> from pairs in any order.</summary>
public static class InteractionPairs
{
    /// <summary>The matrix; of pairs that occur more than once the newest counts (the greater weight, if of the same time).</summary>
    /// <param name="users">Number of users; those without a pair get an empty row.</param>
    /// <param name="pairs">The pairs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A user outside [0, users), or a negative item.</exception>
    public static InteractionMatrix ToMatrix(int users, IEnumerable<InteractionPair> pairs)
    {
        var sorted = pairs.ToArray();
        foreach (var pair in sorted)
        {
            if ((uint)pair.User >= (uint)users)
                throw new ArgumentOutOfRangeException(nameof(pairs), pair.User, $"A pair's user is outside [0, {users}).");
            ArgumentOutOfRangeException.ThrowIfNegative(pair.Item, nameof(pairs));
        }
        Array.Sort(sorted, (a, b) =>
            a.User != b.User ? a.User.CompareTo(b.User)
            : a.Item != b.Item ? a.Item.CompareTo(b.Item)
            : a.Time != b.Time ? b.Time.CompareTo(a.Time)
            : b.Weight.CompareTo(a.Weight));

        var pointers = new int[users + 1];
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].User == sorted[kept - 1].User && sorted[i].Item == sorted[kept - 1].Item)
                continue;
            sorted[kept++] = sorted[i];
            pointers[sorted[i].User + 1]++;
        }
        for (var u = 0; u < users; u++)
            pointers[u + 1] += pointers[u];
        var distinct = sorted[..kept];
        return new(pointers, Array.ConvertAll(distinct, p => p.Item), Array.ConvertAll(distinct, p => p.Time), Array.ConvertAll(distinct, p => p.Weight));
    }
}
