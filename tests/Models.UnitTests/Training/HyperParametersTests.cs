using Rearm.Streaming.Models.Ials;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class HyperParametersTests
{
    [Fact]
    public void With_SomeReplaced_KeepsTheOthers()
    {
        var start = new RearmHyperParameters { Layers = 9 };

        var changed = HyperParameters.With(start, new Dictionary<string, string> { ["learning_rate"] = "0.25", ["rank"] = "5", ["train_features"] = "true", ["without"] = "Meta" });

        Assert.Equal(start with { LearningRate = 0.25, Rank = 5, TrainFeatures = true, Without = Ablations.Meta }, changed);
    }

    [Theory]
    [InlineData("none", Ablations.None)]
    [InlineData("meta", Ablations.Meta)]
    [InlineData("user_graph+orthogonality", Ablations.UserGraph | Ablations.Orthogonality)]
    [InlineData("homogeneous", Ablations.UserGraph | Ablations.ItemGraph)]
    public void With_Ablations_AreTheirNamesAndDescribedSo(string text, Ablations expected)
    {
        var changed = HyperParameters.With(new RearmHyperParameters(), new Dictionary<string, string> { ["without"] = text });

        Assert.Equal(expected, changed.Without);
        Assert.Equal(text, HyperParameters.Describe(changed)["without"]);
    }

    [Theory]
    [InlineData("magic")]
    [InlineData("meta+")]
    [InlineData("16")]
    [InlineData("meta,orthogonality")]
    public void With_UnknownAblation_IsRefusedWithTheirNames(string text)
    {
        var e = Assert.Throws<ArgumentException>(() => HyperParameters.With(new RearmHyperParameters(), new Dictionary<string, string> { ["without"] = text }));

        Assert.Equal(
            $"The hyper-parameter without is \"{text}\"; one of none, user_graph, item_graph, homogeneous, cooccurrence, similarity, meta, orthogonality, refinement, or several with a + between, is needed.",
            e.Message);
    }

    [Theory]
    [InlineData("magic", "1", "There is no hyper-parameter \"magic\"; there are factors, regularization, alpha, iterations, steps.")]
    [InlineData("factors", "0", "The hyper-parameter factors is 0; a number from 1 to 1024 is needed.")]
    [InlineData("factors", "many", "The hyper-parameter factors is \"many\"; a whole number is needed.")]
    [InlineData("factors", "1.5", "The hyper-parameter factors is \"1.5\"; a whole number is needed.")]
    [InlineData("alpha", "NaN", "The hyper-parameter alpha is \"NaN\"; a number is needed.")]
    [InlineData("regularization", "-1", "The hyper-parameter regularization is -1; a number from 0 to 1000000 is needed.")]
    public void With_UnknownOrOutOfRange_IsRefusedByName(string name, string value, string message)
    {
        var e = Assert.Throws<ArgumentException>(() => HyperParameters.With(new IalsHyperParameters(), new Dictionary<string, string> { [name] = value }));

        Assert.Equal(message, e.Message);
    }
}
