using System.Diagnostics;
using System.Globalization;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Benchmarks;

/// <summary>
/// SEA's steps by the kernels and by plain tensor operators, in turns, on random data of tiktok's size: 9,308 users, 6,710 items, 59,541 pairs, two modalities
/// of 128 numbers. The steps are those of training; evaluation is not in them.
/// </summary>
internal static class SeaBenchmarks
{
    private const int Users = 9308;
    private const int Items = 6710;
    private const int Pairs = 59_541;
    private const int FeatureWidth = 128;
    private const int WarmUpSteps = 2;

    private static readonly string[] Modalities = ["image", "text"];

    public static void Run(TextWriter output, int steps)
    {
        var device = TrainingDevice.Open(TrainingDevice.Cpu, threads: 0);
        var data = TrainingData.Split(Snapshot(), []);
        var hyper = SeaPresets.Get("tiktok");
        using var managed = SeaDefinition.Create(data, hyper, null, seed: 1, device);
        using var plain = SeaDefinition.Create(data, hyper, null, seed: 1, device, KernelMode.Plain);
        var batches = new TripleSampler(data.Train.Interactions, Items, hyper.BatchSize, seed: 1);
        var (managedSeconds, plainSeconds) = (new List<double>(), new List<double>());
        foreach (var batch in batches.Epoch().Take(WarmUpSteps + steps))
        {
            managedSeconds.Add(Seconds(managed, batch));
            plainSeconds.Add(Seconds(plain, batch));
        }
        var (ours, other) = (Median(managedSeconds), Median(plainSeconds));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"SEA, seconds a step, median of {steps}: kernels {ours:0.000}, plain {other:0.000}, ratio {other / ours:0.0}; an epoch of {batches.Batches} steps: {ours * batches.Batches:0.0} and {other * batches.Batches:0.0}"));

        double Median(List<double> seconds) => seconds.Skip(WarmUpSteps).Order().ElementAt(steps / 2);
    }

    private static double Seconds(ModalRecommender model, TripleBatch batch)
    {
        var start = Stopwatch.GetTimestamp();
        model.Step(batch);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static GraphSnapshot Snapshot()
    {
        var random = new Random(1);
        var pairs = new HashSet<(int User, int Item)>();
        while (pairs.Count < Pairs)
            pairs.Add((random.Next(Users), (int)(Items * Math.Pow(random.NextDouble(), 2))));
        return SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = [.. Enumerable.Range(0, Users).Select(u => $"u{u}")],
                ItemIds = [.. Enumerable.Range(0, Items).Select(i => $"i{i}")],
                Categories = [.. Enumerable.Repeat(Array.Empty<string>(), Items)],
                Available = [.. Enumerable.Repeat(true, Items)],
                Interactions = InteractionPairs.ToMatrix(Users, pairs.Select((p, at) => new InteractionPair(p.User, p.Item, at))),
                Modalities = [.. Modalities.Select(name => ModalityFeatures.FromFloats(
                    name, FeatureWidth, [.. Enumerable.Range(0, Items * FeatureWidth).Select(_ => random.NextSingle() - 0.5f)], [.. Enumerable.Repeat(true, Items)]))],
            },
            new GraphSettings());
    }
}
