using System.Globalization;
using Rearm.Streaming.Models.Blend;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.Blend;

public class BlendTests
{
    private static readonly TrainingData Data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 100);

    [Fact]
    public void Fit_SecondModelHelps_ServesOneInnerProductOfBoth()
    {
        using var blend = Create("popularity+ials", Data);

        var outcome = Fit(blend, Data);

        var scale = double.Parse(outcome.Decided["blend_scale"], CultureInfo.InvariantCulture);
        Assert.True(scale > 0);
        using var popularity = Create("popularity", Data);
        using var ials = Create("ials", Data);
        Assert.True(outcome.Validation!.Value.Recall20 > Fit(popularity, Data).Validation!.Value.Recall20);
        Assert.Equal(outcome.Validation, Data.Validation().Evaluate(blend.Score));
        Fit(ials, Data);
        var (one, other) = (popularity.ServingVectors()!, ials.ServingVectors()!);
        var served = blend.ServingVectors()!;
        Assert.Equal(one.Width + other.Width, served.Width);
        // Whatever the scale, what a user gets of the second model is so many times its scores.
        var added = Scores(served).Zip(Scores(one), (both, a) => both - a).Chunk(Data.Whole.Items);
        foreach (var (part, alone) in added.Zip(Scores(other).Chunk(Data.Whole.Items)))
        {
            var factor = part.Zip(alone, (p, b) => (double)p * b).Sum() / alone.Sum(b => (double)b * b);
            Assert.True(factor > 0);
            Assert.All(part.Zip(alone), s => Assert.Equal(factor * s.Second, s.First, 1e-3 * Math.Max(1, Math.Abs(s.First))));
        }
    }

    [Theory]
    [InlineData("ials+random")]
    [InlineData("ials+popularity")]
    public void Fit_SecondModelBringsNothing_IsTheFirstAlone(string name)
    {
        using var blend = Create(name, Data);
        using var ials = Create("ials", Data);

        var outcome = Fit(blend, Data);

        Assert.Equal(("0", "mean"), (outcome.Decided["blend_scale"], outcome.Decided["blend_spread"]));
        Assert.Equal(Fit(ials, Data).Validation, outcome.Validation);
        Assert.Equal(ials.ServingVectors()!.Items, blend.ServingVectors()!.Items);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(19)]
    public void Fit_TooLittleHeldOut_LeavesTheSecondOutAndSaysThatNothingWasMeasured(int users)
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: users);
        using var blend = Create("popularity+ials", data);

        var outcome = Fit(blend, data);

        Assert.Null(outcome.Validation);
        Assert.Equal("0", outcome.Decided["blend_scale"]);
        Assert.Equal("not measured", outcome.Decided["ials.validation_recall@20"]);
    }

    [Fact]
    public void Fit_FewestUsersHeldOut_ChoosesAScale()
    {
        var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: RankingEvaluator.FewestUsers);
        using var blend = Create("popularity+ials", data);

        Assert.NotEqual("0", Fit(blend, data).Decided["blend_scale"]);
    }

    [Fact]
    public void ServingVectors_AModelWithScoresAlone_AreNone()
    {
        using var blend = Create("random+ials", Data);
        Fit(blend, Data);

        Assert.Null(blend.ServingVectors());
    }

    [Fact]
    public void Fit_TwoModelsWithParameters_WarmStartsBothFromOneCheckpoint()
    {
        ModelCheckpoint? saved = null;
        using var first = Create("bpr+lightgcn", Data);
        first.Fit(new() { Validation = Data.Validation(), OnBest = c => saved = c }, CancellationToken.None);
        using var second = Create("bpr+lightgcn", Data);
        var resets = new List<IReadOnlyList<string>>();

        second.Fit(new() { Validation = Data.Validation(), WarmStart = saved, OnWarmStart = r => resets.Add(r.Reset) }, CancellationToken.None);

        Assert.Equal(["bpr_users", "bpr_items", "lightgcn_users", "lightgcn_items"], saved!.Parameters.Select(p => p.Name));
        Assert.Equal(2, resets.Count);
        Assert.All(resets, Assert.Empty);
    }

    // A blend's checkpoint has the parameters of both under their own names.
    public static TheoryData<string> Blends
    {
        get
        {
            string[] names = [.. ModelCatalogue.All.Where(model => !model.HasUserEncoder && model.MaxEpochs(new()) > 0).Select(model => model.Name)];
            return [.. names.SelectMany((first, place) => names[(place + 1)..].Select(second => $"{first}+{second}"))];
        }
    }

    [Theory]
    [MemberData(nameof(Blends))]
    public void Fit_AnyTwoModelsTrainedInEpochs_CanBeWarmStartedFromTheirCheckpoint(string name)
    {
        ModelCheckpoint? saved = null;
        using (var first = Create(name, Data))
            first.Fit(new() { Validation = Data.Validation(), OnBest = c => saved = c }, CancellationToken.None);
        using var second = Create(name, Data);
        var resets = new List<IReadOnlyList<string>>();

        second.Fit(new() { Validation = Data.Validation(), WarmStart = saved, OnWarmStart = r => resets.Add(r.Reset) }, CancellationToken.None);

        Assert.Equal(saved!.Parameters.Count, saved.Parameters.DistinctBy(p => p.Name).Count());
        Assert.All(resets, Assert.Empty);
    }

    [Fact]
    public void Fit_TwoModelsTrainedInEpochs_KeepsNoCheckpointOfTheFirstAlone()
    {
        // Whoever starts from it after a kill would begin the second anew.
        var saved = new List<ModelCheckpoint>();
        using var blend = Create("bpr+lightgcn", Data);

        blend.Fit(new() { Validation = Data.Validation(), OnBest = saved.Add }, CancellationToken.None);

        Assert.NotEmpty(saved);
        Assert.All(saved, checkpoint => Assert.Equal(["bpr_users", "bpr_items", "lightgcn_users", "lightgcn_items"], checkpoint.Parameters.Select(p => p.Name)));
    }

    [Theory]
    [InlineData("bpr+ials")]
    [InlineData("ials+bpr")]
    public void Fit_OneModelTrainedInEpochs_KeepsItsCheckpoint(string name)
    {
        ModelCheckpoint? saved = null;
        using var blend = Create(name, Data);

        blend.Fit(new() { Validation = Data.Validation(), OnBest = c => saved = c }, CancellationToken.None);

        Assert.Equal(["bpr_users", "bpr_items"], saved!.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Get_Blend_GivesEachModelTheSettingsItKnows()
    {
        var blend = ModelCatalogue.Get("rearm+ials");
        var settings = new ModelSettings { Preset = "baby", Parameters = new Dictionary<string, string> { ["alpha"] = "7", ["rank"] = "2" }, MaxEpochs = 4 };

        blend.Check(settings);

        var described = blend.Describe(settings);
        Assert.Equal("baby", described["preset"]);
        Assert.Equal("2", described["rank"]);
        Assert.Equal("7", described["ials.alpha"]);
        Assert.Equal(4, blend.MaxEpochs(settings));
        Assert.Throws<ArgumentException>(() => blend.Check(new() { Parameters = new Dictionary<string, string> { ["magic"] = "1" } }));
    }

    [Fact]
    public void Of_ModelThatMakesUsersVectors_IsRefusedByName()
    {
        var sequence = ModelCatalogue.Get("bpr") with { Name = "sequence", HasUserEncoder = true };

        foreach (var (first, second) in new[] { (sequence, ModelCatalogue.Get("ials")), (ModelCatalogue.Get("ials"), sequence) })
        {
            var e = Assert.Throws<ArgumentException>(() => BlendDefinition.Of(first, second));
            Assert.Contains("The model sequence can't be in a blend", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("rearm+rearm")]
    [InlineData("rearm+ials+bpr")]
    [InlineData("rearm+")]
    [InlineData("+")]
    public void Get_NoTwoModels_IsRefused(string name) => Assert.Throws<ArgumentException>(() => ModelCatalogue.Get(name));

    private static IRecommender Create(string name, TrainingData data) => ModelCatalogue.Get(name).Create(data, new() { MaxEpochs = 2, Device = TrainingDevice.Cpu, Threads = 1 });

    private static TrainingOutcome Fit(IRecommender model, TrainingData data) => model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

    private static float[] Scores(ModelVectors vectors)
    {
        var scores = new float[2 * vectors.Items.Length / vectors.Width];
        vectors.Score([0, 7], scores);
        return scores;
    }
}
