using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests;

/// <summary>Data sets small enough for brute force.</summary>
internal static class SmallShop
{
    /// <summary>Users 0, 1, ... and items 0, 1, ... with the pairs given and nothing held out.</summary>
    public static TrainingData Data(int users, int items, IEnumerable<InteractionPair> pairs, params ModalityFeatures[] modalities) =>
        TrainingData.Split(Snapshot(users, items, pairs, modalities), []);

    public static GraphSnapshot Snapshot(int users, int items, IEnumerable<InteractionPair> pairs, params ModalityFeatures[] modalities) => SnapshotAssembler.Assemble(
        new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u}")],
            ItemIds = [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
            Categories = [.. Enumerable.Repeat(Array.Empty<string>(), items)],
            Available = [.. Enumerable.Repeat(true, items)],
            Interactions = InteractionPairs.ToMatrix(users, pairs),
            Modalities = modalities,
        },
        new GraphSettings());

    /// <summary>Each user with 1 to 6 items; weights 1 to 4 where they are weighted.</summary>
    public static List<InteractionPair> RandomPairs(int users, int items, bool weighted, int seed = 3)
    {
        var random = new Random(seed);
        var pairs = new List<InteractionPair>();
        for (var user = 0; user < users; user++)
            foreach (var item in Enumerable.Range(0, items).OrderBy(_ => random.Next()).Take(1 + random.Next(6)))
                pairs.Add(new(user, item, pairs.Count, weighted ? 1 + random.Next(4) : 1));
        return pairs;
    }

    public static ModalityFeatures Features(string name, int items, int width, int seed)
    {
        var random = new Random(seed);
        float[] values = [.. Enumerable.Range(0, items * width).Select(_ => random.NextSingle())];
        return ModalityFeatures.FromFloats(name, width, values, [.. Enumerable.Repeat(true, items)]);
    }

    /// <summary>X: each pair's weight over the mean of all.</summary>
    public static double[,] Relative(TrainingData data)
    {
        var interactions = data.Train.Interactions;
        var mean = interactions.Weights.Average();
        var x = new double[interactions.Users, data.Train.Items];
        for (var user = 0; user < interactions.Users; user++)
            for (var e = interactions.Pointers[user]; e < interactions.Pointers[user + 1]; e++)
                x[user, interactions.Items[e]] = interactions.Weights[e] / mean;
        return x;
    }
}
