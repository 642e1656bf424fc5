using Rearm.Streaming.Models.ItemKnn;
using Rearm.Streaming.Models.ItemToItem;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.ItemToItem;

public class ScoreFactorsTests
{
    private const int Users = 80;
    private const int Items = 60;

    private static readonly TrainingData Data = SmallShop.Data(Users, Items, SmallShop.RandomPairs(Users, Items, weighted: true));

    public static TheoryData<string> Models => ["ease", "item-knn"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Score_AsServedAtFullRank_IsTheModelsOwn(string name)
    {
        var own = Scores(name, asServed: false, rank: Items);

        var served = Scores(name, asServed: true, rank: Items);

        Assert.All(own.Zip(served), s => Assert.Equal(s.First, s.Second, 1e-4));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Score_AsServedAtLowRank_IsAsNearAsThatRankCanBe(string name)
    {
        const int Rank = 10;
        var own = PerUser(Scores(name, asServed: false, rank: Rank));

        var served = PerUser(Scores(name, asServed: true, rank: Rank));

        // The least possible error of a rank is what is left of the singular values (Eckart and Young).
        using var scope = NewDisposeScope();
        var singular = linalg.svdvals(tensor(own, [Users, Items], dtype: ScalarType.Float64)).data<double>().ToArray();
        var least = Math.Sqrt(singular[Rank..].Sum(s => s * s));
        var error = Math.Sqrt(own.Zip(served, (a, b) => ((double)a - b) * ((double)a - b)).Sum());
        Assert.InRange(error, least * 0.999, least * 1.02);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ServingVectors_AnyModel_AreWhatAsServedScoresBy(string name)
    {
        using var model = ModelCatalogue.Get(name).Create(Data, Settings(asServed: true, rank: 7));
        model.Fit(new() { Validation = Data.Validation() }, CancellationToken.None);

        var vectors = model.ServingVectors()!;

        Assert.Equal(7, vectors.Width);
        var (served, scored) = (new float[Items], new float[Items]);
        vectors.Score([3], served);
        model.Score([3], scored);
        Assert.Equal(scored, served);
    }

    [Fact]
    public void Of_AnyNumberOfThreads_GivesTheSameBits()
    {
        float[] Factor()
        {
            using var weights = new ItemKnnWeights(ItemSimilarity.Nearest(
                InteractionWeights.Relative(Data.Train.Interactions), Items, new(), Graphs.IdOrder.Ranks(Data.Train.ItemIds), 0, CancellationToken.None));
            return ScoreFactors.Of(InteractionWeights.Relative(Data.Train.Interactions), weights, 12, 1, CancellationToken.None).Vectors(InteractionWeights.Relative(Data.Train.Interactions)).Users;
        }

        Assert.Equal(Threads.On(1, Factor), Threads.On(3, Factor));
    }

    // Every user counts alike, however much was touched.
    private static float[] PerUser(float[] scores)
    {
        var x = SmallShop.Relative(Data);
        return [.. scores.Select((s, n) => (float)(s / Math.Sqrt(Enumerable.Range(0, Items).Sum(i => x[n / Items, i] * x[n / Items, i]))))];
    }

    private static float[] Scores(string name, bool asServed, int rank)
    {
        using var model = ModelCatalogue.Get(name).Create(Data, Settings(asServed, rank));
        model.Fit(new() { Validation = Data.Validation() }, CancellationToken.None);
        var scores = new float[Users * Items];
        model.Score([.. Enumerable.Range(0, Users)], scores);
        return scores;
    }

    private static ModelSettings Settings(bool asServed, int rank) => new() { AsServed = asServed, Parameters = new Dictionary<string, string> { ["rank"] = $"{rank}" }, Threads = 1 };
}
