using System.Text;
using Rearm.Streaming.Contracts;
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
    /// <param name="progress">Asked for each graph; told of rows done.</param>
    /// <exception cref="OverflowException">An array would need more than 2^31 entries.</exception>
    public static GraphSnapshot Cut(
        FrozenState state, GraphSettings settings, IReadOnlyList<TopicOffset> offsets, CancellationToken cancellationToken,
        ProgressOf? progress = null)
    {
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        var states = state.Items.States;
        var touched = new bool[states.Count];
        var rows = state.Shards.SelectMany(shard => Rows(states, shard, touched, parallel)).ToArray();
        var items = Enumerable.Range(0, states.Count).Where(i => !states[i].Deleted && (touched[i] || states[i].Described)).ToArray();
        var content = new SnapshotContent
        {
            UserIds = Array.ConvertAll(rows, r => Encoding.UTF8.GetString(r.Shard.UserIds[r.User]!)),
            ItemIds = Array.ConvertAll(items, i => Encoding.UTF8.GetString(state.Items.Ids[i]!)),
            Categories = Array.ConvertAll(items, i => states[i].Categories),
            Available = Array.ConvertAll(items, i => states[i].Available),
            Interactions = Interactions(states, rows, Numbers(items, states.Count), parallel),
            Modalities = [.. state.Items.Modalities.Select(m => Features(states, items, m))],
            Offsets = offsets,
            EventTime = state.EventTime,
        };
        return SnapshotAssembler.Assemble(content, settings, cancellationToken: cancellationToken, progress: progress);
    }

    /// <summary>The users of a shard with pairs in the graphs; marks the items of those.</summary>
    private static IEnumerable<Row> Rows(FrozenList<ItemState> items, FrozenShard shard, bool[] touched, ParallelOptions parallel)
    {
        var degrees = new int[shard.Users.Count];
        Parallel.For(0, degrees.Length, parallel, user =>
        {
            foreach (var pair in shard.Users[user].Pairs)
                if (IsInGraphs(items, pair))
                {
                    degrees[user]++;
                    // Threads only ever write true.
                    touched[pair.Item] = true;
                }
        });
        for (var user = 0; user < degrees.Length; user++)
            if (degrees[user] > 0)
                yield return new(shard, user, degrees[user]);
    }

    private static InteractionMatrix Interactions(FrozenList<ItemState> states, Row[] rows, int[] itemNumbers, ParallelOptions parallel)
    {
        var pointers = new int[rows.Length + 1];
        for (var u = 0; u < rows.Length; u++)
            pointers[u + 1] = checked(pointers[u] + rows[u].Degree);
        var (items, times, weights) = (new int[pointers[^1]], new long[pointers[^1]], new float[pointers[^1]]);
        Parallel.For(0, rows.Length, parallel, u =>
        {
            var next = pointers[u];
            // Dense numbers rise with the old ones, so a user's items still ascend.
            foreach (var pair in rows[u].Shard.Users[rows[u].User].Pairs)
                if (IsInGraphs(states, pair))
                {
                    (items[next], times[next], weights[next]) = (itemNumbers[pair.Item], pair.Time, pair.Weight);
                    next++;
                }
        });
        return new(pointers, items, times, weights);
    }

    private static bool IsInGraphs(FrozenList<ItemState> items, Pair pair) => pair.IsPositive && !items[pair.Item].Deleted;

    private static int[] Numbers(int[] kept, int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < kept.Length; i++)
            numbers[kept[i]] = i;
        return numbers;
    }

    private static ModalityFeatures Features(FrozenList<ItemState> states, int[] items, Modality modality) =>
        new(modality.Name, modality.Width, Array.ConvertAll(items, i => states[i].Feature(modality.Name) is var vector && vector.Dimension == modality.Width ? vector : default));

    /// <summary>A user who is in the graphs.</summary>
    /// <param name="Shard">Where the user is.</param>
    /// <param name="User">The user's number there.</param>
    /// <param name="Degree">Pairs that are in the graphs.</param>
    private readonly record struct Row(FrozenShard Shard, int User, int Degree);
}
