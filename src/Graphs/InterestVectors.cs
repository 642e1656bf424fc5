using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>A user's vector in one modality: the mean of the vectors of the items touched (section 4.1).</summary>
public static class InterestVectors
{
    /// <summary>
    /// The means, a row per user; zeros for a user none of whose items has a vector. Sums are taken in
    /// double and in the order of <paramref name="ranks"/>: the same bits whatever the order of users and items.
    /// </summary>
    /// <param name="interactions">Who touched what.</param>
    /// <param name="vectors">Prepared vectors of the items.</param>
    /// <param name="present">Whether each item has a vector.</param>
    /// <param name="ranks">Of each item (<see cref="IdOrder"/>).</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static FloatMatrix Mean(InteractionMatrix interactions, FloatMatrix vectors, bool[] present, int[] ranks, CancellationToken cancellationToken = default)
    {
        var means = new FloatMatrix(interactions.Users, vectors.Columns);
        Parallel.For(
            0, interactions.Users, new ParallelOptions { CancellationToken = cancellationToken },
            () => new double[vectors.Columns],
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
                    var row = vectors[item];
                    for (var d = 0; d < row.Length; d++)
                        sum[d] += row[d];
                }
                if (count > 0)
                {
                    var mean = means[user];
                    for (var d = 0; d < mean.Length; d++)
                        mean[d] = (float)(sum[d] / count);
                }
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
