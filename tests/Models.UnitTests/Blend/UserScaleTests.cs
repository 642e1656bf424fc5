using System.Globalization;
using System.Numerics.Tensors;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Blend;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Blend;

/// <summary>
/// Two models that are right half of the time, each about something else, so that their sum is better. The first one's scores are a hundred times as far apart
/// for some users as for others, so that no one factor suits all.
/// </summary>
public sealed class UserScaleTests : IDisposable
{
    private const int Users = 120;
    private const int Items = 200;

    private readonly TrainingData _data;
    private readonly FixedRecommender _first;
    private readonly FixedRecommender _second;
    private readonly BlendRecommender _blend;

    public UserScaleTests()
    {
        var random = new Random(3);
        var wanted = Enumerable.Range(0, Users).Select(_ => random.Next(1, Items)).ToArray();
        _data = TrainingData.Split(SmallShop.Data(Users, Items, [.. Enumerable.Range(0, Users).Select(u => new InteractionPair(u, 0, 0))]).Train, [.. wanted.Index()]);
        _first = new(Noisy(user => user % 2 == 0 ? 10 : 0.1f));
        _second = new(Noisy(_ => 1));
        _blend = new(_data, ("first", _first), ("second", _second), secondHasEpochs: false);

        // The items' vectors are axes, so a user's vector is the user's scores.
        ModelVectors Noisy(Func<int, float> scale)
        {
            var (users, items) = (new float[Users * Items], new float[Items * Items]);
            for (var item = 0; item < Items; item++)
                items[item * Items + item] = 1;
            for (var user = 0; user < Users; user++)
                for (var item = 0; item < Items; item++)
                    users[user * Items + item] = scale(user) * ((item == wanted[user] ? 2 : 0) + Normal(random));
            return new(Items, users, items);
        }
    }

    public void Dispose() => _blend.Dispose();

    [Fact]
    public void Fit_SpreadsDifferByUser_GivesEachUserAFactorOfTheirOwn()
    {
        var outcome = Fit();

        Assert.Equal("user", outcome.Decided["blend_spread"]);
        Assert.Equal(outcome.Validation, _data.Validation().Evaluate(_blend.Score));
        var share = double.Parse(outcome.Decided["blend_share"], CultureInfo.InvariantCulture);
        for (var user = 0; user < 4; user++)
        {
            var (one, other) = (Scores(_first.Vectors, user), Scores(_second.Vectors, user));
            var factor = share * TensorPrimitives.StdDev<float>(one) / TensorPrimitives.StdDev<float>(other);
            AssertClose(one.Zip(other, (a, b) => a + factor * b), Scores(_blend.Score, user));
        }
    }

    [Fact]
    public void ServingVectors_FactorForEachUser_AreTheSameScoresAndMoveNoItem()
    {
        var outcome = Fit();

        var served = _blend.ServingVectors()!;

        for (var user = 0; user < 4; user++)
            AssertClose(Scores(_blend.Score, user).Select(s => (double)s), Scores(served, user));
        var scale = double.Parse(outcome.Decided["blend_scale"], CultureInfo.InvariantCulture);
        var item = served.Items.AsSpan(7 * served.Width, served.Width);
        // A touched item's inner product with itself: 1 by the first model, and by the second one what it counts for on average.
        Assert.Equal(1 + scale, TensorPrimitives.Dot<float>(item, item), 1e-4 * scale);
    }

    [Fact]
    public void ServingVectors_ModelWithoutAVectorForAUser_GivesTheScaleOfAll()
    {
        Array.Clear(_first.Vectors.Users, 0, Items);
        Array.Clear(_second.Vectors.Users, Items, Items);

        var scale = double.Parse(Fit().Decided["blend_scale"], CultureInfo.InvariantCulture);

        var served = _blend.ServingVectors()!;
        Assert.True(served.AreFinite);
        AssertClose(Scores(_second.Vectors, 0).Select(s => scale * s), Scores(served, 0));
        AssertClose(Scores(_first.Vectors, 1).Select(s => (double)s), Scores(served, 1));
    }

    [Fact]
    public void Of_Vectors_IsTheStandardDeviationOfEachUsersScores()
    {
        var random = new Random(5);
        float[] Random(int rows) => [.. Enumerable.Range(0, rows * 3).Select(_ => 1 + Normal(random))];
        var vectors = new ModelVectors(3, Random(4), Random(50));

        var spreads = ScoreSpread.Of(vectors);

        for (var user = 0; user < 4; user++)
        {
            var scores = new float[50];
            vectors.Score([user], scores);
            Assert.Equal(TensorPrimitives.StdDev<float>(scores), spreads[user], 1e-4);
        }
    }

    private TrainingOutcome Fit() => _blend.Fit(new() { Validation = _data.Validation() }, CancellationToken.None);

    private static float[] Scores(ModelVectors vectors, int user) => Scores(vectors.Score, user);

    private static float[] Scores(ScoreUsers score, int user)
    {
        var scores = new float[Items];
        score([user], scores);
        return scores;
    }

    private static void AssertClose(IEnumerable<double> expected, float[] scores)
    {
        var wanted = expected.ToArray();
        var size = wanted.Max(Math.Abs);
        Assert.All(wanted.Zip(scores), s => Assert.Equal(s.First, s.Second, 1e-4 * size));
    }

    // Box and Muller.
    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private sealed class FixedRecommender(ModelVectors vectors) : IRecommender
    {
        public ModelVectors Vectors => vectors;

        public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken) => new(0, 0, 0, options.Validation.Evaluate(Score, cancellationToken));

        public void Score(ReadOnlySpan<int> users, Span<float> scores) => vectors.Score(users, scores);

        public ModelVectors ServingVectors() => vectors;

        public void Dispose()
        {
        }
    }
}
