using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>One golden case of SEA: what the authors' program computed on a small made-up problem.</summary>
internal sealed class SeaGoldenCase : RecordedCase
{
    private const string FolderVariable = "REARM_GOLDEN_SEA_DIR";

    private SeaGoldenCase(string path) : base(path)
    {
    }

    /// <summary>The modalities in our order, with the letters that theirs have.</summary>
    internal static IReadOnlyList<(string Name, string Letter)> Modalities { get; } = [("image", "v"), ("text", "t")];

    internal SeaHyperParameters Parameters => new()
    {
        Dimension = Int("dim"),
        Layers = Int("nl"),
        ItemGraphLayers = Int("nii"),
        ItemNeighbors = Int("ki"),
        FirstModalityWeight = Double("iw"),
        HeadHidden = Int("hidden"),
        HeadWidth = Int("out"),
        ClubWidth = Int("w"),
        ClubHidden = Int("chid") / 2,
        ClubSteps = Int("club_steps"),
        ClubFit = ClubFit.Across,
        SoloWeight = Double("alpha"),
        ClubWeight = Double("ureg"),
        Temperature = Double("temp"),
        LearningRate = Double("lr"),
        BatchSize = Int("B"),
    };

    /// <summary>Every case in the folder the environment names, or in the tests' own.</summary>
    internal static IReadOnlyList<SeaGoldenCase> All() => In(FolderVariable, "sea_case_*.npz", path => new SeaGoldenCase(path));

    /// <summary>The case's input as a snapshot, its graphs cut by src/Graphs.</summary>
    internal GraphSnapshot Snapshot() => Snapshot(new() { ItemNeighbors = Int("ki"), Preprocessing = GraphSettings.None });

    /// <summary>For those users that the program ranks for: it drops those without a training pair.</summary>
    internal RankingEvaluator Evaluator(string part)
    {
        var train = Snapshot().Interactions;
        return new(train, Items, [.. Pairs(part).Where(p => train.ItemsOf(p.User).Length > 0)]);
    }

    internal TripleBatch Batch(int step) => new(
        Arrays["batch/user"].Row(step).Ints, Arrays["batch/pos_item"].Row(step).Ints, Arrays["batch/neg_item"].Row(step).Ints);
}
