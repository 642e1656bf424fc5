using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Ease;

public class EaseTests
{
    private const int Users = 40;
    private const int Items = 25;

    [Theory]
    [InlineData("ease", 0, false)]
    [InlineData("ease", 0, true)]
    [InlineData("ease-features", 20, true)]
    public void Score_AnyUser_IsTheClosedForm(string name, double featureWeight, bool weighted)
    {
        var data = SmallShop.Data(
            Users, Items, SmallShop.RandomPairs(Users, Items, weighted), SmallShop.Features("audio", Items, 5, seed: 1), SmallShop.Features("image", Items, 8, seed: 2));

        var scores = Scores(name, data, new() { ["regularization"] = "3" });

        var x = SmallShop.Relative(data);
        var gram = Dense.Multiply(Dense.Transpose(x), x);
        for (var i = 0; i < Items; i++)
            for (var j = 0; j < Items; j++)
                gram[i, j] += featureWeight * data.Features.Values.Sum(f => Enumerable.Range(0, f.Columns).Sum(d => (double)f[i][d] * f[j][d])) + (i == j ? 3 : 0);
        var inverse = Dense.Solve(gram, Dense.Identity(Items));
        var weights = new double[Items, Items];
        for (var i = 0; i < Items; i++)
            for (var j = 0; j < Items; j++)
                weights[i, j] = i == j ? 0 : -inverse[i, j] / inverse[j, j];
        Dense.AssertClose(Dense.Multiply(x, weights), scores, 1e-4);
    }

    [Fact]
    public void Score_ModalitiesChosen_OthersDoNotCount()
    {
        var pairs = SmallShop.RandomPairs(Users, Items, weighted: false);
        var both = SmallShop.Data(Users, Items, pairs, SmallShop.Features("audio", Items, 5, seed: 1), SmallShop.Features("image", Items, 8, seed: 2));
        var audio = SmallShop.Data(Users, Items, pairs, SmallShop.Features("audio", Items, 5, seed: 1));

        Assert.Equal(Scores("ease-features", audio, []), Scores("ease-features", both, [], "audio"));
        Assert.NotEqual(Scores("ease-features", audio, []), Scores("ease-features", both, []));
    }

    [Fact]
    public void Create_MoreItemsThanFit_NamesTheSizeAndWhatToChooseInstead()
    {
        var data = SmallShop.Data(2, 11, [new(0, 0, 0)]);

        var e = Assert.Throws<UnsuitableDataException>(() => Scores("ease", data, new() { ["max_items"] = "10" }));

        Assert.Contains("11 x 11", e.Message, StringComparison.Ordinal);
        Assert.Contains("item-knn or ials", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Fit_AWeightThatIsNotFinite_IsRefused(float weight)
    {
        var data = SmallShop.Data(2, 3, [new(0, 0, 0, weight), new(1, 1, 0)]);

        var e = Assert.Throws<TrainingException>(() => Scores("ease", data, []));

        Assert.Contains("weights of interactions", e.Message, StringComparison.Ordinal);
    }

    private static float[] Scores(string name, TrainingData data, Dictionary<string, string> parameters, params string[] modalities)
    {
        using var model = ModelCatalogue.Get(name).Create(data, new() { Parameters = parameters, Modalities = modalities, Threads = 1 });
        model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
        var scores = new float[data.Train.Users * data.Train.Items];
        model.Score([.. Enumerable.Range(0, data.Train.Users)], scores);
        return scores;
    }
}
