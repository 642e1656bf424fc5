using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>A user's vector in one modality: the mean, by weight, of the vectors of the items touched (section 4.1).</summary>
public static class InterestVectors
{
    /// <summary>
    /// The means by weight, a row per user; zeros for a user none of whose items has a vector. Sums are taken in
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
                var entries = Enumerable.Range(interactions.Pointers[user], interactions.ItemsOf(user).Length).ToArray();
                Array.Sort(entries, (a, b) => ranks[interactions.Items[a]].CompareTo(ranks[interactions.Items[b]]));
                Array.Clear(sum);
                var weights = 0.0;
                foreach (var entry in entries)
                {
                    if (!present[interactions.Items[entry]])
                        continue;
                    double weight = interactions.Weights[entry];
                    weights += weight;
                    var row = vectors[interactions.Items[entry]];
                    for (var d = 0; d < row.Length; d++)
                        sum[d] += weight * row[d];
                }
                if (weights > 0)
                {
                    var mean = means[user];
                    for (var d = 0; d < mean.Length; d++)
                        mean[d] = (float)(sum[d] / weights);
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
