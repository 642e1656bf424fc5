using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Models.Training;

/// <summary>The user-item graph in the forms that models multiply with.</summary>
internal static class InteractionWeights
{
    /// <summary>
    /// Eq. 10: the bipartite graph over users and then items (item i is node Users + i), both ways. An edge is w / sqrt(s_u * s_i), where w is the pair's
    /// weight and s the sum of a node's weights: where all pairs weigh the same that is the paper's 1 / sqrt(deg_u * deg_i).
    /// </summary>
    internal static SparseRows Bipartite(InteractionMatrix interactions, int items)
    {
        var users = interactions.Users;
        var (userSums, itemSums) = Sums(interactions, items);
        var itemDegrees = Degrees.OfItems(interactions, items);
        var pointers = new int[users + items + 1];
        interactions.Pointers.CopyTo(pointers, 0);
        for (var i = 0; i < items; i++)
            pointers[users + i + 1] = pointers[users + i] + itemDegrees[i];

        var columns = new int[2 * interactions.Count];
        var values = new float[columns.Length];
        var next = pointers.AsSpan(users, items).ToArray();
        for (var u = 0; u < users; u++)
            for (var e = pointers[u]; e < pointers[u + 1]; e++)
            {
                var item = interactions.Items[e];
                var edge = (float)(interactions.Weights[e] / Math.Sqrt(userSums[u] * itemSums[item]));
                (columns[e], values[e]) = (users + item, edge);
                (columns[next[item]], values[next[item]]) = (u, edge);
                next[item]++;
            }
        return new(pointers, columns, values);
    }

    /// <summary>
    /// Users by items; multiplied with the items' vectors it gives each user's mean, by weight, over the items that have one (4.1). A user
    /// without such an item has an empty row: zero.
    /// </summary>
    internal static SparseRows Mean(InteractionMatrix interactions, bool[] present)
    {
        var rows = new RowBuilder(interactions.Users, 8);
        var (columns, weights) = (new List<int>(), new List<float>());
        for (var u = 0; u < interactions.Users; u++)
        {
            columns.Clear();
            weights.Clear();
            for (var e = interactions.Pointers[u]; e < interactions.Pointers[u + 1]; e++)
                if (present[interactions.Items[e]])
                {
                    columns.Add(interactions.Items[e]);
                    weights.Add(interactions.Weights[e]);
                }
            var sum = weights.Sum();
            rows.Add([.. columns], [.. weights.Select(w => w / sum)]);
        }
        return rows.Build();
    }

    /// <summary>Users by items, each pair's weight over the mean of all: 1 everywhere where all weigh the same.</summary>
    /// <exception cref="TrainingException">The weights are not all finite numbers.</exception>
    internal static SparseRows Relative(InteractionMatrix interactions)
    {
        var mean = interactions.Weights.Sum(w => (double)w) / Math.Max(1, interactions.Count);
        if (!double.IsFinite(mean))
            throw new TrainingException($"The weights of interactions are not all finite numbers: their mean is {mean}. Look at the weights that events carry and at GraphBuilder:EventTypes.");
        return new(interactions.Pointers, interactions.Items, Array.ConvertAll(interactions.Weights, w => (float)(w / mean)));
    }

    private static (double[] Users, double[] Items) Sums(InteractionMatrix interactions, int items)
    {
        var sums = (Users: new double[interactions.Users], Items: new double[items]);
        for (var u = 0; u < interactions.Users; u++)
            for (var e = interactions.Pointers[u]; e < interactions.Pointers[u + 1]; e++)
            {
                sums.Users[u] += interactions.Weights[e];
                sums.Items[interactions.Items[e]] += interactions.Weights[e];
            }
        return sums;
    }
}
