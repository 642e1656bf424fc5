using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>One golden case: what the authors' program computed on a small made-up problem.</summary>
internal sealed class GoldenCase : RecordedCase
{
    private const string FolderVariable = "REARM_GOLDEN_DIR";

    private GoldenCase(string path) : base(path)
    {
    }

    /// <summary>Every case in the folder the environment names, or in the tests' own.</summary>
    internal static IReadOnlyList<GoldenCase> All() => In(FolderVariable, "case_*.npz", path => new GoldenCase(path));

    internal RearmHyperParameters Parameters => new()
    {
        Dimension = Int("dim"),
        Rank = Int("rank"),
        Layers = Int("nl"),
        ItemGraphLayers = Int("nii"),
        UserGraphLayers = Int("nuu"),
        UserNeighbors = Int("ku"),
        ItemNeighbors = Int("ki"),
        UserFirstModalityWeight = Double("uw"),
        ItemFirstModalityWeight = Double("iw"),
        UserCooccurrenceWeight = Double("uco"),
        ItemCooccurrenceWeight = Double("ico"),
        Temperature = Double("tmp"),
        ContrastWeight = Double("clw"),
        OrthogonalityWeight = Double("dfw"),
        LearningRate = Double("lr"),
        WeightDecay = Double("wd"),
        BatchSize = Int("B"),
        SelfDropout = 0,
        CrossDropout = 0,
        TrainFeatures = true,
    };

    /// <summary>The case's input as a snapshot, its graphs cut by src/Graphs.</summary>
    internal GraphSnapshot Snapshot() => Snapshot(new() { UserNeighbors = Int("ku"), ItemNeighbors = Int("ki"), Preprocessing = GraphSettings.None });
}
