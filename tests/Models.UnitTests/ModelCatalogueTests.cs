using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests;

public class ModelCatalogueTests
{
    // So many rows that libtorch splits its operators and its products among threads.
    private static readonly Lazy<TrainingData> Large = new(() => TrainingData.HoldOutNewest(PlantedShop.Snapshot(users: 1500, items: 3000, perUser: 4), maxUsers: 50));

    public static TheoryData<string> Names => [.. ModelCatalogue.Names];

    [Fact]
    public void Names_AllModels_AreDistinctAndTheDefaultIsFirst()
    {
        Assert.Distinct(ModelCatalogue.Names);
        Assert.Equal(ModelCatalogue.Default, ModelCatalogue.Names[0]);
    }

    [Fact]
    public void Get_UnknownName_NamesTheModels()
    {
        var e = Assert.Throws<ArgumentException>(() => ModelCatalogue.Get("magic"));

        Assert.Contains($"\"magic\"; choose one of {string.Join(", ", ModelCatalogue.Names)}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpr", "learning_rate")]
    [InlineData("rearm", "max_epochs")]
    [InlineData("sea", "patience")]
    [InlineData("sasrec", "batch_size")]
    [InlineData("rearm+ials", "max_epochs")]
    public void Check_HyperParameterSetInTwoWays_IsRefusedByItsName(string model, string name)
    {
        var settings = new ModelSettings
        {
            LearningRate = 0.1,
            MaxEpochs = 1,
            Patience = 1,
            BatchSize = 1,
            Parameters = new Dictionary<string, string> { [name] = "1" },
        };

        var e = Assert.Throws<ArgumentException>(() => ModelCatalogue.Get(model).Check(settings));

        Assert.Contains($"The hyper-parameter {name} is set in two ways", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Create_EachPreset_IsMadeOfTheSettings(string name)
    {
        var model = ModelCatalogue.Get(name);
        foreach (var preset in model.Presets.Select(p => (string?)p).Append(null))
        {
            var settings = new ModelSettings { Preset = preset, MaxEpochs = 7 };
            Assert.InRange(model.Graphs(settings).UserNeighbors, 1, 1000);
            Assert.Contains(model.MaxEpochs(settings), (int[])[0, 7]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    [InlineData("rearm+ials")]
    [InlineData("ease+bpr")]
    public void Fit_AnyModel_ScoresEveryItemAndServesTheSameUsersAndItems(string name)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);

        var (scores, outcome, vectors) = FitAndScore(name, data, users: 2);

        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.InRange(outcome.Validation!.Value.Recall20, 0, 1);
        Assert.Equal(ModelCatalogue.Get(name).HasUserEncoder, vectors?.Encoder is not null);
        if (vectors is not null)
            Assert.Equal((data.Whole.Users * vectors.Width, data.Whole.Items * vectors.Width), (vectors.Users.Length, vectors.Items.Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_AnyNumberOfThreads_GivesTheSameScores(string name)
    {
        float[] Scores(int threads) => FitAndScore(name, Large.Value, users: 4, threads).Scores;

        Assert.Equal(Scores(threads: 1), Scores(threads: 3));
    }

    [Theory]
    [InlineData("pmmrec")]
    [InlineData("sasrec")]
    [InlineData("item-knn-last")]
    [InlineData("bpr")]
    [InlineData("lightgcn")]
    [InlineData("lightgcn-features")]
    [InlineData("lightgcn-sea")]
    [InlineData("sea")]
    [InlineData("ials")]
    [InlineData("ease")]
    [InlineData("ease-features")]
    [InlineData("item-knn")]
    public void Fit_PlantedTastes_BeatsPopularity(string name)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(perUser: 10), maxUsers: 200);
        using var model = ModelCatalogue.Get(name).Create(data, new() { MaxEpochs = 30, LearningRate = 0.02, BatchSize = 256, AsServed = true, Device = TrainingDevice.Cpu, Threads = 1 });

        var recall = model.Fit(new() { Validation = data.Validation() }, CancellationToken.None).Validation!.Value.Recall20;

        var popular = FitAndScore("popularity", data, users: 1).Outcome.Validation!.Value.Recall20;
        Assert.True(recall > 2 * popular, $"{name} has {recall}, popularity {popular}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_OneUserOrNoInteractions_ScoresWithoutAnyMeasurement(string name)
    {
        foreach (var pairs in (InteractionPair[][])[[new(0, 1, 0), new(0, 2, 1)], []])
        {
            var (scores, outcome, _) = FitAndScore(name, SmallShop.Data(1, 4, pairs, SmallShop.Features("image", 4, 3, seed: 1)), users: 1);

            Assert.Null(outcome.Validation);
            Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_UnknownHyperParameter_IsRefused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => ModelCatalogue.Get(name).Check(new() { Parameters = new Dictionary<string, string> { ["magic"] = "1" } }));

        Assert.Contains("\"magic\"", e.Message, StringComparison.Ordinal);
    }

    private static (float[] Scores, TrainingOutcome Outcome, ModelVectors? Vectors) FitAndScore(string name, TrainingData data, int users, int threads = 1)
    {
        try
        {
            using var model = ModelCatalogue.Get(name).Create(data, new() { MaxEpochs = 1, Device = TrainingDevice.Cpu, Threads = threads });
            var outcome = model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
            var scores = new float[users * data.Train.Items];
            Array.Fill(scores, float.NaN);
            model.Score([.. Enumerable.Range(0, users)], scores);
            return (scores, outcome, model.ServingVectors());
        }
        finally
        {
            TrainingDevice.Open(TrainingDevice.Cpu, threads: 1);
        }
    }
}
