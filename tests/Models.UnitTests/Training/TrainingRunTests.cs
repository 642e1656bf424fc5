using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Popularity;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Trainer.Kernels;
using Rearm.Streaming.Trainer.UnitTests.Fixtures;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.UnitTests.Training;

public class TrainingRunTests
{
    [Fact]
    public void Run_PlantedTastes_BeatsPopularity()
    {
        var (cut, evaluator) = Split(PlantedShop.Snapshot());
        using var run = new TrainingRun(cut, PlantedShop.Parameters, null, 1, CPU);
        var outcome = run.Run(evaluator, null, null, CancellationToken.None);
        var popularity = evaluator.Evaluate(Baselines.Popularity(cut.Interactions, cut.Items));
        Assert.True(outcome.Validation.Recall20 > 2 * popularity.Recall20, $"REARM {outcome.Validation.Recall20}, popularity {popularity.Recall20}.");
        Assert.Equal(outcome.Validation, evaluator.Evaluate(run.Vectors().Score));
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameVectors()
    {
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));

        static float[] Train(int seed)
        {
            var (cut, evaluator) = Split(PlantedShop.Snapshot());
            using var run = new TrainingRun(cut, PlantedShop.Parameters with { MaxEpochs = 2 }, null, seed, CPU);
            run.Run(evaluator, null, null, CancellationToken.None);
            return run.Vectors().Items;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_Repeated_LeavesNoTensorBehind(bool plainOperators)
    {
        KernelLibrary.Disabled = plainOperators;
        try
        {
            var (cut, _) = Split(PlantedShop.Snapshot());
            using var run = new TrainingRun(cut, PlantedShop.Parameters, null, 1, CPU);
            var batch = new TripleSampler(cut.Interactions, cut.Items, 64, 1).Epoch().First();
            // The optimiser makes its state and the parameters their gradients in the first steps.
            run.Step(batch);
            run.Step(batch);
            var before = Tensor.TotalCount;
            for (var step = 0; step < 5; step++)
                run.Step(batch);
            run.Vectors();
            Assert.Equal(before, Tensor.TotalCount);
        }
        finally
        {
            KernelLibrary.Disabled = false;
        }
    }

    [Theory]
    [InlineData(Ablations.UserGraph)]
    [InlineData(Ablations.ItemGraph)]
    [InlineData(Ablations.Cooccurrence)]
    [InlineData(Ablations.Similarity)]
    [InlineData(Ablations.Homogeneous)]
    [InlineData(Ablations.Meta)]
    [InlineData(Ablations.Orthogonality)]
    [InlineData(Ablations.Refinement)]
    public void Step_WithAPartLeftOut_ChangesTheLossOrTheVectors(Ablations without)
    {
        var strong = PlantedShop.Parameters with { ContrastWeight = 0.1, OrthogonalityWeight = 0.1 };
        var whole = OneStep(strong, PlantedShop.Snapshot());
        var ablated = OneStep(strong with { Without = without }, PlantedShop.Snapshot());
        Assert.True(double.IsFinite(ablated.Loss));
        Assert.NotEqual(whole.Loss, ablated.Loss);
        Assert.Equal(without == Ablations.Meta ? 32 : 48, ablated.Width);
    }

    [Theory]
    [InlineData("", 16)]
    [InlineData("text", 32)]
    [InlineData("audio,image,text", 64)]
    public void Step_AnyNumberOfModalities_Trains(string names, int width)
    {
        var snapshot = PlantedShop.Snapshot(modalities: names.Split(',', StringSplitOptions.RemoveEmptyEntries));
        var (loss, found) = OneStep(PlantedShop.Parameters with { ContrastWeight = 0.1, OrthogonalityWeight = 0.1 }, snapshot);
        Assert.True(double.IsFinite(loss));
        Assert.Equal(width, found);
    }

    [Fact]
    public void Step_FeaturesTrainedToo_Trains() =>
        Assert.True(double.IsFinite(OneStep(PlantedShop.Parameters with { TrainFeatures = true, TrainMetaProjection = true }, PlantedShop.Snapshot()).Loss));

    [Fact]
    public void Step_SomeItemsWithoutVectors_Trains()
    {
        var snapshot = PlantedShop.Snapshot();
        var image = snapshot.Modalities[0];
        bool[] present = [.. image.Present.Select((_, item) => item % 3 != 0)];
        var values = image.Values.Select((v, at) => present[at / image.Dimension] ? v : 0).ToArray();
        snapshot = SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = snapshot.UserIds,
                ItemIds = snapshot.ItemIds,
                Categories = snapshot.Categories,
                Available = snapshot.Available,
                Interactions = snapshot.Interactions,
                Modalities = [new ModalityFeatures(image.Name, image.Dimension, values, present), snapshot.Modalities[1]],
            },
            GraphSettings.From(snapshot.Settings));
        Assert.True(double.IsFinite(OneStep(PlantedShop.Parameters, snapshot).Loss));
    }

    [Fact]
    public void TrainingRun_UnknownModality_NamesThoseThereAre()
    {
        var e = Assert.Throws<ArgumentException>(() => new TrainingRun(PlantedShop.Snapshot(), PlantedShop.Parameters, ["smell"], 1, CPU));
        Assert.Contains("\"smell\"; there is image, text", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LossNotFinite_StopsAndSaysSo()
    {
        var (cut, evaluator) = Split(PlantedShop.Snapshot());
        using var run = new TrainingRun(cut, PlantedShop.Parameters, null, 1, CPU);
        using (no_grad())
            run.Model.named_parameters().First(p => p.name == "user_ids").parameter.fill_(double.NaN);
        var e = Assert.Throws<TrainingException>(() => run.Run(evaluator, null, null, CancellationToken.None));
        Assert.Contains("epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_StopsBeforeTheNextBatch()
    {
        var (cut, evaluator) = Split(PlantedShop.Snapshot());
        using var run = new TrainingRun(cut, PlantedShop.Parameters, null, 1, CPU);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => run.Run(evaluator, null, null, source.Token));
    }

    private static (double Loss, int Width) OneStep(RearmHyperParameters parameters, GraphSnapshot snapshot)
    {
        using var run = new TrainingRun(snapshot, parameters with { SelfDropout = 0, CrossDropout = 0 }, null, 1, CPU);
        var loss = run.Step(new TripleSampler(snapshot.Interactions, snapshot.Items, 128, 1).Epoch().First());
        return (loss, run.Vectors().Width);
    }

    private static (GraphSnapshot Cut, RankingEvaluator Evaluator) Split(GraphSnapshot snapshot)
    {
        var heldOut = HoldOut.Newest(snapshot, 1000);
        var cut = GraphCut.Without(snapshot, heldOut);
        return (cut, new RankingEvaluator(cut.Interactions, cut.Items, heldOut));
    }
}
