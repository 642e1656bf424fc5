using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// Training data of some shape: a few items with most of the pairs, random features, and random neighbours in the graphs, as many as real ones
/// have. Cutting true graphs from features this wide would take longer than what is measured.
/// </summary>
internal static class TrainData
{
    private static readonly string[] Names = ["image", "text"];

    public static TrainingData Of(TrainShape shape)
    {
        var records = new SyntheticRecords(shape.Users, shape.Items, seed: 1);
        var random = new Random(2);
        var hyper = shape.Hyper;
        SparseRows[] Neighbors(int nodes, int k) => [.. shape.Widths.Select(_ => Random(nodes, k, random))];
        var snapshot = new GraphSnapshot
        {
            Info = new SnapshotInfo(),
            Settings = new GraphSettings { UserNeighbors = hyper.UserNeighbors, ItemNeighbors = hyper.ItemNeighbors }.ToDictionary(),
            UserIds = Ids("user", shape.Users),
            ItemIds = Ids("item", shape.Items),
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), shape.Items)],
            Available = [.. Enumerable.Repeat(true, shape.Items)],
            Interactions = InteractionPairs.ToMatrix(
                shape.Users, Distinct(records, shape.Pairs).Select((pair, n) => new InteractionPair(pair.User, pair.Item, n))),
            Modalities = [.. shape.Widths.Select((width, m) => Features(Names[m], shape.Items, width, random))],
            UserCooccurrence = Random(shape.Users, hyper.UserNeighbors, random),
            ItemCooccurrence = Random(shape.Items, hyper.ItemNeighbors, random),
            UserInterest = Neighbors(shape.Users, hyper.UserNeighbors),
            ItemSemantic = Neighbors(shape.Items, hyper.ItemNeighbors),
        };
        return TrainingData.Split(snapshot, [.. Enumerable.Range(0, shape.ValidationUsers).Select(user => (user, records.NextPair().Item))]);
    }

    private static string[] Ids(string kind, int count) => [.. Enumerable.Range(0, count).Select(n => $"{kind}-{n}")];

    private static HashSet<(int User, int Item)> Distinct(SyntheticRecords records, int count)
    {
        var pairs = new HashSet<(int, int)>(count);
        while (pairs.Count < count)
            pairs.Add(records.NextPair());
        return pairs;
    }

    private static ModalityFeatures Features(string name, int items, int width, Random random)
    {
        var rows = new ItemVector[items];
        var values = new float[width];
        for (var item = 0; item < items; item++)
        {
            for (var d = 0; d < width; d++)
                values[d] = random.NextSingle() - 0.5f;
            rows[item] = ItemVector.Compact(values);
        }
        return new(name, width, rows);
    }

    private static SparseRows Random(int nodes, int k, Random random)
    {
        var columns = new int[nodes * k];
        for (var e = 0; e < columns.Length; e++)
            columns[e] = random.Next(nodes);
        return new([.. Enumerable.Range(0, nodes + 1).Select(row => row * k)], columns, [.. Enumerable.Repeat(1f, columns.Length)]);
    }
}
