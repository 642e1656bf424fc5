using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Sequences;

public class SequenceRecommenderTests
{
    private static readonly Dictionary<string, string> Small = new() { ["dimension"] = "16", ["length"] = "6", ["max_epochs"] = "3", ["learning_rate"] = "0.01" };

    [Theory]
    [InlineData("pmmrec")]
    [InlineData("sasrec")]
    public void Fit_SameSeed_GivesTheSameVectors(string name)
    {
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));

        float[] Train(int seed)
        {
            var data = Data();
            using var model = Create(name, data, seed: seed);
            Fit(model, data);
            return model.ServingVectors()!.Users;
        }
    }

    [Theory]
    [InlineData("pmmrec")]
    [InlineData("sasrec")]
    public void Fit_WarmStart_BeginsWhereTheLastRunEnded(string name)
    {
        var data = Data();
        ModelCheckpoint? best = null;
        using var first = Create(name, data);
        var learned = first.Fit(new() { Validation = data.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        WarmStartResult? result = null;
        using var warm = Create(name, data, ("learning_rate", "1e-8"), ("max_epochs", "1"));

        var outcome = warm.Fit(new() { Validation = data.Validation(), WarmStart = best, OnWarmStart = r => result = r }, CancellationToken.None);

        Assert.Empty(result!.Reset);
        Assert.Equal(learned.Validation, outcome.Validation);
    }

    [Theory]
    [InlineData("pmmrec")]
    [InlineData("sasrec")]
    public void ServingVectors_HeldOutItems_AreInTheUsersHistories(string name)
    {
        var data = Data();
        using var model = Create(name, data);
        Fit(model, data);

        var served = model.ServingVectors()!;

        var (evaluated, scores) = (new float[data.Whole.Items], new float[data.Whole.Items]);
        model.Score([0], evaluated);
        served.Score([0], scores);
        Assert.NotEqual(evaluated, scores);
    }

    [Fact]
    public void ServingVectors_UserTooShortToLearnFrom_IsServedAndOneWithoutItemsHasZeros()
    {
        var pairs = SmallShop.RandomPairs(20, 12, weighted: false).Where(pair => pair.User > 1).Append(new(0, 3, 0));
        var data = SmallShop.Data(20, 12, pairs, SmallShop.Features("image", 12, 5, seed: 1));
        using var model = Create("pmmrec", data);
        Fit(model, data);

        var vectors = model.ServingVectors()!;

        Assert.Contains(vectors.Users[..vectors.Width], value => value != 0);
        Assert.All(vectors.Users[vectors.Width..(2 * vectors.Width)], value => Assert.Equal(0, value));
    }

    [Fact]
    public void UserEncoder_CopiedOut_GivesTheVectorsThatAreServed()
    {
        var data = Data();
        using var model = Create("pmmrec", data, ("heads", "4"));
        Fit(model, data);
        var vectors = model.ServingVectors()!;

        var weights = model.UserEncoder();

        var sequences = UserSequences.Of(data.Whole, _ => true);
        foreach (var user in new[] { 0, 7, 31 })
        {
            var items = sequences[user].ToArray().TakeLast(weights.Length)
                .Select(item => vectors.Items[(item * weights.Width)..((item + 1) * weights.Width)]).ToArray();
            var expected = PlainUserEncoder.Encode(weights, items);
            for (var i = 0; i < weights.Width; i++)
                Assert.Equal(expected[i], vectors.Users[user * weights.Width + i], 1e-4);
        }
        Assert.Equal((16, 6, 4, 2), (weights.Width, weights.Length, weights.Heads, weights.Blocks.Count));
    }

    [Fact]
    public void Step_Repeated_LeavesNoTensorBehind()
    {
        var data = Data();
        using var model = Create("pmmrec", data, ("losses", "nicl+nid+rcl+program_nicl"));
        var batch = new SequenceSampler(TrainingRows.Of(data, UserSequences.Of(data.Train, _ => true), 7), 7, 32, 1).Epoch().First();
        // In the first steps the optimizer makes its state, and the parameters their gradients.
        model.Step(batch);
        model.Step(batch);
        // What earlier tests left to the garbage collector must not go meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        for (var step = 0; step < 5; step++)
            model.Step(batch);
        model.ServingVectors();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Step_NoUserWithTwoItems_ChangesNothing()
    {
        var data = Data();
        using var model = Create("sasrec", data);
        var before = model.UserEncoder().Positions;

        Assert.Equal(0, model.Step(new([0, 0, 0, 0, 0, 0, 3], 7)));

        Assert.Equal(before, model.UserEncoder().Positions);
    }

    [Theory]
    [InlineData("pmmrec")]
    [InlineData("sasrec")]
    public void Fit_StepsMuchTooLarge_StopsAndSaysWhatToDo(string name)
    {
        var data = Data();
        // Each step multiplies the parameters by 1 - 10 * 10, until the loss is no number any more.
        using var model = Create(name, data, ("learning_rate", "10"), ("decay", "10"), ("max_epochs", "200"), ("patience", "200"));

        var e = Assert.Throws<TrainingException>(() => Fit(model, data));

        Assert.Contains("nothing is published. Try a smaller learning rate than 10", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Cancelled_StopsBeforeTheNextBatch()
    {
        var data = Data();
        using var model = Create("pmmrec", data);
        using var source = new CancellationTokenSource();
        var epochs = 0;
        var progress = new Callback<TrainingProgress>(_ =>
        {
            epochs++;
            source.Cancel();
        });

        Assert.Throws<OperationCanceledException>(() => model.Fit(new() { Validation = data.Validation(), Progress = progress }, source.Token));

        Assert.Equal(1, epochs);
    }

    [Theory]
    [InlineData("pmmrec", "heads", "3", "The hyper-parameter heads is 3; a number that divides dimension (64) is needed.")]
    [InlineData("pmmrec", "fusion_heads", "5", "The hyper-parameter fusion_heads is 5; a number that divides dimension (64) is needed.")]
    [InlineData("pmmrec", "losses", "nicl+magic", "one of none, nicl, nid, rcl, program_nicl, or several with a + between, is needed")]
    [InlineData("sasrec", "length", "0", "The hyper-parameter length is 0; a number from 1 to 1000 is needed.")]
    [InlineData("sasrec", "batch_size", "2207", "batch_size (2207) and length (20) make batches of 46347 items; at most 46340 can be told apart. Lower one of them.")]
    [InlineData("sasrec", "dropout", "1", "a number from 0 to 0.99 is needed")]
    public void Check_BadHyperParameter_IsRefusedWithWhatIsNeeded(string model, string name, string value, string message)
    {
        var e = Assert.Throws<ArgumentException>(() => ModelCatalogue.Get(model).Check(new() { Parameters = new Dictionary<string, string> { [name] = value } }));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static TrainingData Data() => TrainingData.HoldOutNewest(PlantedShop.Snapshot(users: 60), maxUsers: 1000);

    private static SequenceRecommender Create(string name, TrainingData data, params (string Name, string Value)[] more) => Create(name, data, 1, more);

    private static SequenceRecommender Create(string name, TrainingData data, int seed, params (string Name, string Value)[] more)
    {
        var parameters = new Dictionary<string, string>(Small);
        foreach (var (parameter, value) in more)
            parameters[parameter] = value;
        return (SequenceRecommender)ModelCatalogue.Get(name).Create(data, new() { Parameters = parameters, Seed = seed, Device = TrainingDevice.Cpu, Threads = 1 });
    }

    private static TrainingOutcome Fit(SequenceRecommender model, TrainingData data) => model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
}
