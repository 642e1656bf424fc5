using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder.Cutting;

/// <summary>
/// Makes a snapshot from the state: leaves out users and items with nothing left, numbers the others densely in order of arrival, takes
/// the co-occurrence as it is kept, and has the interest and semantic graphs cut (centring moves every cosine whenever an item comes or
/// goes, so those are cut whole).
/// </summary>
internal static class SnapshotCutter
{
    public static GraphSnapshot Cut(GraphState state, GraphSettings settings, IReadOnlyList<TopicOffset> offsets, CancellationToken cancellationToken)
    {
        var users = Kept(state.UserIds.Count, state.IsActiveUser, out var userIndex);
        var items = Kept(state.ItemIds.Count, state.IsActiveItem, out var itemIndex);
        var content = new SnapshotContent
        {
            UserIds = Array.ConvertAll(users, u => state.UserIds[u]!),
            ItemIds = Array.ConvertAll(items, i => state.ItemIds[i]!),
            Categories = Array.ConvertAll(items, i => state.Item(i).Categories),
            Available = Array.ConvertAll(items, i => state.Item(i).Available),
            Interactions = Interactions(state, users, itemIndex),
            Modalities = [.. state.Dimensions.Held.Select(m => Features(state, items, m.Name, m.Dimension))],
            Offsets = offsets,
            EventTime = state.EventTime,
        };
        return SnapshotAssembler.Assemble(
            content, settings, Rows(state.Cooccurrence.Users, users, userIndex), Rows(state.Cooccurrence.Items, items, itemIndex), cancellationToken: cancellationToken);
    }

    private static int[] Kept(int count, Func<int, bool> isKept, out int[] index)
    {
        var kept = Enumerable.Range(0, count).Where(isKept).ToArray();
        index = new int[count];
        Array.Fill(index, -1);
        for (var i = 0; i < kept.Length; i++)
            index[kept[i]] = i;
        return kept;
    }

    private static InteractionMatrix Interactions(GraphState state, int[] users, int[] itemIndex)
    {
        var pointers = new int[users.Length + 1];
        var (items, times, weights) = (new int[state.ActivePairs], new long[state.ActivePairs], new float[state.ActivePairs]);
        var next = 0;
        for (var u = 0; u < users.Length; u++)
        {
            // Dense numbers rise with the old ones, so a user's items still ascend.
            var touched = state.Edges.ItemsOf[users[u]].Span;
            var touches = state.Edges.TouchesOf(users[u]);
            for (var e = 0; e < touched.Length; e++)
                if (itemIndex[touched[e]] is var item and >= 0)
                {
                    (items[next], times[next], weights[next]) = (item, touches[e].Time, touches[e].Weight);
                    next++;
                }
            pointers[u + 1] = next;
        }
        return new(pointers, items, times, weights);
    }

    private static ModalityFeatures Features(GraphState state, int[] items, string name, int dimension)
    {
        var rows = new ItemVector[items.Length];
        for (var i = 0; i < items.Length; i++)
            if (state.Item(items[i]).Features.TryGetValue(name, out var vector))
                rows[i] = ItemVector.Compact(vector);
        return new(name, dimension, rows);
    }

    private static SparseRows Rows(CooccurrenceSide side, int[] kept, int[] index)
    {
        var pointers = new int[kept.Length + 1];
        for (var r = 0; r < kept.Length; r++)
            pointers[r + 1] = pointers[r] + side.Row(kept[r]).Count;
        var (columns, values) = (new int[pointers[^1]], new float[pointers[^1]]);
        for (var r = 0; r < kept.Length; r++)
        {
            var row = side.Row(kept[r]);
            for (var n = 0; n < row.Count; n++)
                (columns[pointers[r] + n], values[pointers[r] + n]) = (index[row.Neighbors[n]], row.Counts[n]);
        }
        return new(pointers, columns, values);
    }
}
