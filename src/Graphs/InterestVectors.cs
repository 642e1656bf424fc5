using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>A user's vector in one modality: the mean of the vectors of the items touched (section 4.1).</summary>
public static class InterestVectors
{
    /// <summary>
    /// The means, row-major, users x <paramref name="dimension"/>; zeros for a user none of whose items has a vector. Sums are taken in
    /// double and in the order of <paramref name="ranks"/>: the same bits whatever the order of users and items.
    /// </summary>
    /// <param name="interactions">Who touched what.</param>
    /// <param name="vectors">Prepared vectors of the items, row-major.</param>
    /// <param name="dimension">Width of a vector.</param>
    /// <param name="present">Whether each item has a vector.</param>
    /// <param name="ranks">Of each item (<see cref="IdOrder"/>).</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static float[] Mean(InteractionMatrix interactions, float[] vectors, int dimension, bool[] present, int[] ranks, CancellationToken cancellationToken = default)
    {
        var means = new float[checked(interactions.Users * dimension)];
        Parallel.For(
            0, interactions.Users, new ParallelOptions { CancellationToken = cancellationToken },
            () => new double[dimension],
            (user, _, sum) =>
            {
                var items = interactions.ItemsOf(user).ToArray();
                Array.Sort(items, (a, b) => ranks[a].CompareTo(ranks[b]));
                Array.Clear(sum);
                var count = 0;
                foreach (var item in items)
                {
                    if (!present[item])
                        continue;
                    count++;
                    var row = vectors.AsSpan(item * dimension, dimension);
                    for (var d = 0; d < row.Length; d++)
                        sum[d] += row[d];
                }
                if (count > 0)
                    for (var d = 0; d < dimension; d++)
                        means[user * dimension + d] = (float)(sum[d] / count);
                return sum;
            },
            _ => { });
        return means;
    }

    /// <summary>Per user: whether any of the items touched has a vector.</summary>
    public static bool[] Present(InteractionMatrix interactions, bool[] present)
    {
        var result = new bool[interactions.Users];
        for (var user = 0; user < result.Length; user++)
            foreach (var item in interactions.ItemsOf(user))
                result[user] |= present[item];
        return result;
    }
}
