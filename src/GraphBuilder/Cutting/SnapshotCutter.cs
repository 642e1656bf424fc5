using System.Text;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder.Cutting;

/// <summary>
/// Makes a snapshot from a frozen state, on all cores: leaves out users and items with nothing left, numbers the others densely in order of arrival,
/// and has the graphs cut. Graphs are cut whole: that takes seconds where following every event would cost each of them more and more.
/// </summary>
internal static class SnapshotCutter
{
    /// <summary>The snapshot; number and time of publication are the publisher's to set.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="settings">How to cut.</param>
    /// <param name="offsets">Kafka offsets that the state reflects.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="OverflowException">An array would need more than 2^31 entries.</exception>
    public static GraphSnapshot Cut(FrozenState state, GraphSettings settings, IReadOnlyList<TopicOffset> offsets, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        var degrees = Degrees(state, parallel, out var touched);
        var users = Kept(degrees.Length, u => degrees[u] > 0);
        var items = Kept(state.Items.Count, i => !state.Items[i].Deleted && (touched[i] || state.Items[i].Described));
        var content = new SnapshotContent
        {
            UserIds = Array.ConvertAll(users, u => Encoding.UTF8.GetString(state.UserIds[u]!)),
            ItemIds = Array.ConvertAll(items, i => Encoding.UTF8.GetString(state.ItemIds[i]!)),
            Categories = Array.ConvertAll(items, i => state.Items[i].Categories),
            Available = Array.ConvertAll(items, i => state.Items[i].Available),
            Interactions = Interactions(state, users, degrees, Numbers(items, state.Items.Count), parallel),
            Modalities = [.. state.Modalities.Select(m => Features(state, items, m))],
            Offsets = offsets,
            EventTime = state.EventTime,
        };
        return SnapshotAssembler.Assemble(content, settings, cancellationToken: cancellationToken);
    }

    /// <summary>Per user the pairs that are in the graphs; and whether each item is in any of them.</summary>
    private static int[] Degrees(FrozenState state, ParallelOptions parallel, out bool[] touched)
    {
        var degrees = new int[state.Users.Count];
        // Threads only ever write true.
        var any = touched = new bool[state.Items.Count];
        Parallel.For(0, degrees.Length, parallel, user =>
        {
            foreach (var pair in state.Users[user].Pairs)
                if (IsInGraphs(state, pair))
                {
                    degrees[user]++;
                    any[pair.Item] = true;
                }
        });
        return degrees;
    }

    private static InteractionMatrix Interactions(FrozenState state, int[] users, int[] degrees, int[] itemNumbers, ParallelOptions parallel)
    {
        var pointers = new int[users.Length + 1];
        for (var u = 0; u < users.Length; u++)
            pointers[u + 1] = checked(pointers[u] + degrees[users[u]]);
        var (items, times, weights) = (new int[pointers[^1]], new long[pointers[^1]], new float[pointers[^1]]);
        Parallel.For(0, users.Length, parallel, u =>
        {
            var next = pointers[u];
            // Dense numbers rise with the old ones, so a user's items still ascend.
            foreach (var pair in state.Users[users[u]].Pairs)
                if (IsInGraphs(state, pair))
                {
                    (items[next], times[next], weights[next]) = (itemNumbers[pair.Item], pair.Time, pair.Weight);
                    next++;
                }
        });
        return new(pointers, items, times, weights);
    }

    private static bool IsInGraphs(FrozenState state, Pair pair) => pair.IsPositive && !state.Items[pair.Item].Deleted;

    private static int[] Kept(int count, Func<int, bool> isKept) => [.. Enumerable.Range(0, count).Where(isKept)];

    private static int[] Numbers(int[] kept, int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < kept.Length; i++)
            numbers[kept[i]] = i;
        return numbers;
    }

    private static ModalityFeatures Features(FrozenState state, int[] items, Modality modality) =>
        new(modality.Name, modality.Width, Array.ConvertAll(items, i => state.Items[i].Feature(modality.Name) is var vector && vector.Dimension == modality.Width ? vector : default));
}
