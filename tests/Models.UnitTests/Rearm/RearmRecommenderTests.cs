using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Rearm;

public class RearmRecommenderTests
{
    private static readonly RearmHyperParameters StrongLosses = SmallRearm.HyperParameters with { ContrastWeight = 0.1, OrthogonalityWeight = 0.1 };

    [Fact]
    public void Fit_PlantedTastes_BeatsPopularity()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters);
        using var popularity = ModelCatalogue.Get("popularity").Create(data, new());

        var outcome = Fit(rearm, data).Validation!.Value;

        var popular = Fit(popularity, data).Validation!.Value;
        Assert.True(outcome.Recall20 > 2 * popular.Recall20, $"REARM {outcome.Recall20}, popularity {popular.Recall20}.");
    }

    [Fact]
    public void Fit_NoModality_TellsWhatWasTouchedFromWhatWasNot()
    {
        var shop = PlantedShop.Snapshot();
        var data = TrainingData.HoldOutNewest(shop with { Modalities = [], UserInterest = [], ItemSemantic = [] }, maxUsers: 1000);
        using var rearm = Create(data, SmallRearm.HyperParameters with { MaxEpochs = 30, Patience = 30 });
        var losses = new List<double>();

        rearm.Fit(new() { Validation = data.Validation(), Progress = new Callback<TrainingProgress>(epoch => losses.Add(epoch.Loss)) }, CancellationToken.None);

        // Rows of length 1 can't bring it below some 70% of where it starts.
        Assert.True(losses[^1] < 0.4 * Math.Log(2), $"Loss {losses[^1]:0.000} after {losses.Count} epochs.");
    }

    [Fact]
    public void Fit_Ended_LeavesTheBestEpochsParametersInTheModel()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters with { LearningRate = 0.3, MaxEpochs = 6 });

        var outcome = Fit(rearm, data);

        // With steps this large the last epoch is not the best one.
        Assert.True(outcome.BestEpoch < outcome.Epochs, $"Epoch {outcome.BestEpoch} of {outcome.Epochs} was the best; another learning rate is needed for this test.");
        Assert.Equal(outcome.Validation, data.Validation().Evaluate(rearm.Score));
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameVectors()
    {
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));

        static float[] Train(int seed)
        {
            var data = Data();
            using var rearm = Create(data, SmallRearm.HyperParameters with { MaxEpochs = 2 }, seed);
            Fit(rearm, data);
            return rearm.ServingVectors().Items;
        }
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameVectors()
    {
        Assert.Equal(Threads.On(1, Train), Threads.On(3, Train));

        static float[] Train()
        {
            var data = Data();
            using var rearm = Create(data, StrongLosses with { MaxEpochs = 2, TrainFeatures = true });
            Fit(rearm, data);
            return rearm.ServingVectors().Items;
        }
    }

    [Fact]
    public void Fit_WarmStart_BeginsWhereTheLastRunEnded()
    {
        var data = Data();
        ModelCheckpoint? best = null;
        using var first = Create(data, SmallRearm.HyperParameters);
        var learned = first.Fit(new() { Validation = data.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        // One epoch of steps too small to change a ranking: what is measured is where it began.
        var frozen = SmallRearm.HyperParameters with { MaxEpochs = 1, LearningRate = 1e-8 };
        using var warm = Create(data, frozen, seed: 2);
        using var cold = Create(data, frozen, seed: 2);
        WarmStartResult? result = null;

        var outcome = warm.Fit(new() { Validation = data.Validation(), WarmStart = best, OnWarmStart = r => result = r }, CancellationToken.None);

        Assert.Equal((data.Train.Users, data.Train.Items), (result!.Users, result.Items));
        Assert.Empty(result.Reset);
        Assert.Equal(learned.Validation, outcome.Validation);
        Assert.NotEqual(learned.Validation, Fit(cold, data).Validation);
    }

    [Fact]
    public void Fit_LossNotFinite_StopsAndSaysWhatToDo()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters);
        using (no_grad())
            rearm.Model.named_parameters().First(p => p.name == "user_ids").parameter.fill_(double.NaN);

        var e = Assert.Throws<TrainingException>(() => Fit(rearm, data));

        Assert.Contains("epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Cancelled_StopsBeforeTheNextBatch()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters);
        var epochs = 0;
        using var source = new CancellationTokenSource();
        var progress = new Callback<TrainingProgress>(_ =>
        {
            epochs++;
            source.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => rearm.Fit(new() { Validation = data.Validation(), Progress = progress }, source.Token));

        Assert.Equal(1, epochs);
    }

    [Fact]
    public void ServingVectors_HeldOutInteractions_AreInTheirGraphs()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters);

        var serving = rearm.ServingVectors();

        var evaluated = new float[data.Whole.Items];
        rearm.Score([0], evaluated);
        var served = new float[data.Whole.Items];
        serving.Score([0], served);
        Assert.NotEqual(evaluated, served);
        Assert.Equal((data.Whole.Users, data.Whole.Items), (serving.Users.Length / serving.Width, serving.Items.Length / serving.Width));
    }

    [Fact]
    public void ServingVectors_NotFinite_AreRefused()
    {
        using var rearm = Create(Data(), SmallRearm.HyperParameters);
        using (no_grad())
            rearm.Model.named_parameters().First(p => p.name == "item_ids").parameter.fill_(double.PositiveInfinity);

        Assert.Contains("not all finite", Assert.Throws<TrainingException>(() => rearm.ServingVectors()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_Repeated_LeavesNoTensorBehind()
    {
        var data = Data();
        using var rearm = Create(data, SmallRearm.HyperParameters);
        var batch = new TripleSampler(data.Train.Interactions, data.Train.Items, 64, 1).Epoch().First();
        // In the first steps the optimizer makes its state, and the parameters their gradients.
        rearm.Step(batch);
        rearm.Step(batch);
        // What earlier tests left to the garbage collector must not go meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        for (var step = 0; step < 5; step++)
            rearm.Step(batch);
        rearm.ServingVectors();

        Assert.Equal(before, Tensor.TotalCount);
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
        var whole = OneStep(StrongLosses, PlantedShop.Snapshot());

        var ablated = OneStep(StrongLosses with { Without = without }, PlantedShop.Snapshot());

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

        var (loss, found) = OneStep(StrongLosses, snapshot);

        Assert.True(double.IsFinite(loss));
        Assert.Equal(width, found);
    }

    [Fact]
    public void Step_FeaturesTrainedToo_Trains() =>
        Assert.True(double.IsFinite(OneStep(SmallRearm.HyperParameters with { TrainFeatures = true, TrainMetaProjection = true }, PlantedShop.Snapshot()).Loss));

    [Fact]
    public void Step_SomeItemsWithoutVectors_Trains()
    {
        var snapshot = PlantedShop.Snapshot();
        var image = snapshot.Modalities[0];
        ItemVector[] some = [.. Enumerable.Range(0, image.Items).Select(item => item % 3 != 0 ? image[item] : default)];
        snapshot = SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = snapshot.UserIds,
                ItemIds = snapshot.ItemIds,
                Categories = snapshot.Categories,
                Available = snapshot.Available,
                Interactions = snapshot.Interactions,
                Modalities = [new ModalityFeatures(image.Name, image.Dimension, some), snapshot.Modalities[1]],
            },
            GraphSettings.From(snapshot.Settings));

        Assert.True(double.IsFinite(OneStep(SmallRearm.HyperParameters, snapshot).Loss));
    }

    [Fact]
    public void Create_UnknownModality_NamesThoseThereAre()
    {
        var e = Assert.Throws<ArgumentException>(() => new RearmRecommender(Data(), SmallRearm.HyperParameters, ["smell"], 1, CPU));

        Assert.Contains("\"smell\"; there is image, text", e.Message, StringComparison.Ordinal);
    }

    private static TrainingData Data() => TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 1000);

    private static RearmRecommender Create(TrainingData data, RearmHyperParameters hyper, int seed = 1) => new(data, hyper, null, seed, CPU);

    private static TrainingOutcome Fit(IRecommender model, TrainingData data) => model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

    private static (double Loss, int Width) OneStep(RearmHyperParameters hyper, GraphSnapshot snapshot)
    {
        using var rearm = Create(TrainingData.Split(snapshot, []), hyper with { SelfDropout = 0, CrossDropout = 0 });
        var loss = rearm.Step(new TripleSampler(snapshot.Interactions, snapshot.Items, 128, 1).Epoch().First());
        return (loss, rearm.ServingVectors().Width);
    }

    // Progress<T> would post to the thread pool.
}
