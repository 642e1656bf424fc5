using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>The user-item graph in the two forms the model multiplies with.</summary>
internal static class InteractionWeights
{
    /// <summary>
    /// Eq. 10: the bipartite graph over users and then items (item i is node Users + i), both ways, each edge 1/sqrt(deg_u * deg_i).
    /// </summary>
    internal static SparseRows Bipartite(InteractionMatrix interactions, int items)
    {
        var users = interactions.Users;
        var itemDegrees = Degrees.OfItems(interactions, items);
        var pointers = new int[users + items + 1];
        interactions.Pointers.CopyTo(pointers, 0);
        for (var i = 0; i < items; i++)
            pointers[users + i + 1] = pointers[users + i] + itemDegrees[i];

        var columns = new int[2 * interactions.Count];
        var values = new float[columns.Length];
        var next = pointers.AsSpan(users, items).ToArray();
        for (var u = 0; u < users; u++)
        {
            var userItems = interactions.ItemsOf(u);
            for (var e = 0; e < userItems.Length; e++)
            {
                var item = userItems[e];
                var weight = (float)(1 / Math.Sqrt((double)userItems.Length * itemDegrees[item]));
                (columns[pointers[u] + e], values[pointers[u] + e]) = (users + item, weight);
                (columns[next[item]], values[next[item]]) = (u, weight);
                next[item]++;
            }
        }
        return new(pointers, columns, values);
    }

    /// <summary>
    /// Users by items; multiplied with the items' vectors it gives each user's mean over the items that have one (4.1). A user
    /// without such an item has an empty row: zero.
    /// </summary>
    internal static SparseRows Mean(InteractionMatrix interactions, bool[] present)
    {
        var rows = new RowBuilder(interactions.Users, 8);
        var columns = new List<int>();
        for (var u = 0; u < interactions.Users; u++)
        {
            columns.Clear();
            foreach (var item in interactions.ItemsOf(u))
                if (present[item])
                    columns.Add(item);
            rows.Add([.. columns], [.. Enumerable.Repeat(1f / columns.Count, columns.Count)]);
        }
        return rows.Build();
    }
}
