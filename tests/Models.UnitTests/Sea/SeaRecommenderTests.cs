using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Sea;

public class SeaRecommenderTests
{
    [Fact]
    public void Fit_SameSeed_GivesTheSameVectors()
    {
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));

        static float[] Train(int seed)
        {
            var data = SmallSea.Data();
            using var sea = SmallSea.Create(data, seed: seed);
            Fit(sea, data);
            return sea.ServingVectors().Items;
        }
    }

    // The defaults, and a layer of 32 x 8, which MKL is known not to keep its promise for (docs/model.md).
    [Theory]
    [InlineData(0, 32)]
    [InlineData(64, 8)]
    public void Step_NarrowLayersAndThousandsOfItems_GivesTheSameParametersOnAnyNumberOfThreads(int projectionWidth, int clubWidth)
    {
        var data = TrainingData.Split(PlantedShop.Snapshot(users: 300, items: 6720), []);
        var alone = Threads.On(1, Train);
        Assert.All([2, 3, 4], threads => Assert.Equal(alone, Threads.On(threads, Train)));

        float[] Train()
        {
            using var sea = SmallSea.Create(data, new() { ClubSteps = 3, ProjectionWidth = projectionWidth, ClubWidth = clubWidth });
            for (var step = 0; step < 2; step++)
                sea.Step(SmallSea.Batch(data.Train));
            return [.. sea.Model.parameters().SelectMany(p => p.data<float>().ToArray())];
        }
    }

    [Fact]
    public void Step_ByKernels_HasTheLossesOfPlainOperators()
    {
        var data = SmallSea.Data();
        Assert.All(Losses(KernelMode.Auto).Zip(Losses(KernelMode.Plain)), l => Assert.Equal(l.First, l.Second, 1e-4));

        double[] Losses(KernelMode kernels)
        {
            using var sea = SmallSea.Create(data, kernels: kernels);
            return [.. Enumerable.Range(0, 4).Select(_ => sea.Step(SmallSea.Batch(data.Train)))];
        }
    }

    [Fact]
    public void Fit_WarmStart_BeginsWhereTheLastRunEnded()
    {
        var data = SmallSea.Data();
        ModelCheckpoint? best = null;
        using var first = SmallSea.Create(data);
        var learned = first.Fit(new() { Validation = data.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        // One epoch of steps too small to change a ranking: what is measured is where it began.
        using var warm = SmallSea.Create(data, SmallSea.HyperParameters with { MaxEpochs = 1, LearningRate = 1e-8 }, seed: 2);
        WarmStartResult? result = null;

        var outcome = warm.Fit(new() { Validation = data.Validation(), WarmStart = best, OnWarmStart = r => result = r }, CancellationToken.None);

        Assert.Equal((data.Train.Users, data.Train.Items), (result!.Users, result.Items));
        Assert.Empty(result.Reset);
        Assert.Equal(learned.Validation, outcome.Validation);
    }

    [Fact]
    public void Fit_WarmStartWithOtherUsers_FollowsTheirIds()
    {
        var data = SmallSea.Data();
        ModelCheckpoint? saved = null;
        using var first = SmallSea.Create(data);
        first.Fit(new() { Validation = data.Validation(), OnBest = checkpoint => saved = checkpoint }, CancellationToken.None);
        // The same people in the opposite order, and thirty more.
        var others = TrainingData.Split(PlantedShop.Snapshot(users: 150, userId: u => u < 120 ? $"u{119 - u}" : $"new{u}"), []);
        using var second = SmallSea.Create(others);

        var result = ParameterTransfer.Load(saved!, second.Model, others.Train, second.Model.RowsOf);

        Assert.Equal((120, 90), (result.Users, result.Items));
        Assert.Empty(result.Reset);
        foreach (var name in new[] { "user_weights", "modality:text.users" })
        {
            var parameter = second.Model.named_parameters().Single(p => p.name == name).parameter;
            var width = (int)parameter.shape[1];
            Assert.Equal(saved!.Parameters.Single(p => p.Name == name).Values[..width], parameter.detach().data<float>().ToArray()[(119 * width)..(120 * width)]);
        }
    }

    [Fact]
    public void Fit_LossNotFinite_StopsAndSaysWhatToDo()
    {
        var data = SmallSea.Data();
        using var sea = SmallSea.Create(data);
        using (no_grad())
            sea.Model.named_parameters().First(p => p.name == "user_weights").parameter.fill_(double.NaN);

        var e = Assert.Throws<TrainingException>(() => Fit(sea, data));

        Assert.Contains("epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("smaller learning rate than 0.01", e.Message, StringComparison.Ordinal);
        Assert.Contains("not all finite", Assert.Throws<TrainingException>(() => sea.ServingVectors()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_Repeated_LeavesNoTensorBehind()
    {
        var data = SmallSea.Data();
        using var sea = SmallSea.Create(data);
        var batch = SmallSea.Batch(data.Train);
        // In the first steps the optimizer makes its state, and the parameters their gradients.
        sea.Step(batch);
        sea.Step(batch);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        for (var step = 0; step < 5; step++)
            sea.Step(batch);
        sea.ServingVectors();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("text", 8)]
    [InlineData("image,text", 16)]
    [InlineData("audio,image,text", 24)]
    public void Step_AnyNumberOfModalities_Trains(string names, int width)
    {
        var data = TrainingData.Split(PlantedShop.Snapshot(modalities: names.Split(',')), []);
        using var sea = SmallSea.Create(data, SmallSea.HyperParameters with { ClubFit = ClubFit.Across, ProjectionWidth = 5 });

        Assert.True(double.IsFinite(sea.Step(SmallSea.Batch(data.Train))));
        Assert.Equal(width, sea.ServingVectors().Width);
        Assert.Equal(names.Contains(',', StringComparison.Ordinal), sea.Model.Separation!.HasSolo);
    }

    [Fact]
    public void Fit_ItemsThatNobodyTouchedOrWithoutVectors_AreScoredByWhatThereIs()
    {
        var shop = PlantedShop.Snapshot();
        var image = shop.Modalities[0];
        var pairs = Enumerable.Range(0, shop.Users).SelectMany(u => shop.Interactions.ItemsOf(u).ToArray().Where(i => i != 7).Select((i, at) => new InteractionPair(u, i, at)));
        var snapshot = SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = shop.UserIds,
                ItemIds = shop.ItemIds,
                Categories = shop.Categories,
                Available = shop.Available,
                Interactions = InteractionPairs.ToMatrix(shop.Users, pairs),
                // Item 7 is new; items 0, 3, ... have no image.
                Modalities = [new ModalityFeatures(image.Name, image.Dimension, [.. Enumerable.Range(0, image.Items).Select(i => i % 3 != 0 ? image[i] : default)]), shop.Modalities[1]],
            },
            GraphSettings.From(shop.Settings));
        var data = TrainingData.HoldOutNewest(snapshot, maxUsers: 1000);
        using var sea = SmallSea.Create(data, SmallSea.HyperParameters with { MaxEpochs = 10 });

        Fit(sea, data);

        var scores = new float[120 * 90];
        sea.Score([.. Enumerable.Range(0, 120)], scores);
        Assert.All(scores, s => Assert.True(float.IsFinite(s)));
        // Item 7 is of group 1.
        double Mean(Func<int, bool> users) => Enumerable.Range(0, 120).Where(users).Average(u => scores[u * 90 + 7]);
        Assert.True(Mean(u => u % 6 == 1) > Mean(u => u % 6 != 1));
    }

    [Fact]
    public void Create_NoModality_SaysWhatToChoose()
    {
        var e = Assert.Throws<UnsuitableDataException>(() => SmallSea.Create(TrainingData.Split(PlantedShop.Snapshot(modalities: []), [])));

        Assert.Contains("there is no modality", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ModalityOfOneNumber_IsRefusedByName()
    {
        var data = SmallShop.Data(2, 3, [new(0, 1, 0)], SmallShop.Features("price", 3, 1, seed: 1));

        Assert.Contains("\"price\"", Assert.Throws<UnsuitableDataException>(() => SmallSea.Create(data)).Message, StringComparison.Ordinal);
        using var projected = SmallSea.Create(data, SmallSea.HyperParameters with { ProjectionWidth = 2 });
    }

    [Theory]
    [InlineData("club_fit", "magic", "one of within, across is needed")]
    [InlineData("club_fit", "within+across", "one of within, across is needed")]
    [InlineData("temperature", "0", "a number from 0.001 to 100 is needed")]
    [InlineData("layers", "17", "a number from 0 to 16 is needed")]
    [InlineData("solo_weight", "NaN", "a number is needed")]
    public void Check_SettingOutOfRange_SaysWhatIsNeeded(string name, string value, string needed)
    {
        var settings = new ModelSettings { Parameters = new Dictionary<string, string> { [name] = value } };

        Assert.Contains(needed, Assert.Throws<ArgumentException>(() => ModelCatalogue.Get("sea").Check(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItemGraph_OfCosines_SharesAreOverTheNeighborsThereAre()
    {
        // Item 3 has no image, item 2 a zero one: they have no neighbours and are nobody's.
        ItemVector[] images = [ItemVector.Compact([1, 0]), ItemVector.Compact([1, 0.1f]), ItemVector.Compact([0, 0]), default];
        var text = ModalityFeatures.FromFloats("text", 2, [1, 0, 0, 1, 1, 0.1f, 0.1f, 1], [true, true, true, true]);
        var content = new SnapshotContent
        {
            UserIds = ["u"],
            ItemIds = ["a", "b", "c", "d"],
            Categories = [[], [], [], []],
            Available = [true, true, true, true],
            Interactions = InteractionPairs.ToMatrix(1, [new(0, 0, 0)]),
            Modalities = [new ModalityFeatures("image", 2, images), text],
        };
        var snapshot = SnapshotAssembler.Assemble(content, new GraphSettings { ItemNeighbors = 2, Preprocessing = GraphSettings.None });

        var graph = NeighborShares.Mixed(snapshot, [0, 1], new SeaHyperParameters { ItemNeighbors = 2, FirstModalityWeight = 0.2 });

        float[] Row(int row)
        {
            var dense = new float[4];
            for (var e = graph.Pointers[row]; e < graph.Pointers[row + 1]; e++)
                dense[graph.Columns[e]] += graph.Values[e];
            return [.. dense.Select(v => MathF.Round(v, 5))];
        }
        Assert.Equal([0.5f, 0.1f, 0.4f, 0], Row(0));
        Assert.Equal([0.1f, 0.5f, 0, 0.4f], Row(1));
        Assert.Equal([0.4f, 0, 0.4f, 0], Row(2));
        Assert.Equal([0, 0.4f, 0, 0.4f], Row(3));
        Assert.All(NeighborShares.Mixed(snapshot, [1], new SeaHyperParameters { ItemNeighbors = 1 }).Values, v => Assert.Equal(1, v));
    }

    private static TrainingOutcome Fit(ModalRecommender model, TrainingData data) => model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
}
