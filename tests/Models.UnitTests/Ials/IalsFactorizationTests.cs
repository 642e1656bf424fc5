using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Ials;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Ials;

public class IalsFactorizationTests
{
    private const int Users = 30;
    private const int Items = 20;

    // Widths that vectors divide, and that they don't.
    [Theory]
    [InlineData(16, false)]
    [InlineData(16, true)]
    [InlineData(7, true)]
    [InlineData(70, true)]
    public void Fit_ManySteps_SolvesTheNormalEquations(int factors, bool weighted)
    {
        var data = SmallShop.Data(Users, Items, SmallShop.RandomPairs(Users, Items, weighted));
        var hyper = new IalsHyperParameters { Factors = factors, Alpha = 5, Regularization = 0.5, Iterations = 3, Steps = 100 };

        var vectors = IalsFactorization.Fit(data.Train.Interactions, Items, hyper, seed: 1, CancellationToken.None);

        // In every iteration each side is the exact solution for the other: the users for the items as they were, the items for these users.
        var x = SmallShop.Relative(data);
        Dense.AssertClose(Exact(Dense.Transpose(x), Matrix(vectors.Users, Users, factors), hyper), vectors.Items, 2e-3);
        Assert.True(vectors.AreFinite);
        var again = IalsFactorization.Fit(data.Train.Interactions, Items, hyper with { Iterations = 200 }, seed: 1, CancellationToken.None);
        Dense.AssertClose(Exact(x, Matrix(again.Items, Items, factors), hyper), again.Users, 5e-3);
    }

    [Fact]
    public void Fit_UserWithMoreThanAPartOfItems_IsSolvedToo()
    {
        var pairs = Enumerable.Range(0, 700).Select(i => new InteractionPair(0, i, i)).Append(new(1, 3, 0));
        var data = SmallShop.Data(2, 700, pairs);
        var hyper = new IalsHyperParameters { Factors = 8, Iterations = 2, Steps = 60 };

        var vectors = IalsFactorization.Fit(data.Train.Interactions, 700, hyper, seed: 1, CancellationToken.None);

        Dense.AssertClose(Exact(Dense.Transpose(SmallShop.Relative(data)), Matrix(vectors.Users, 2, 8), hyper), vectors.Items, 2e-3);
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBits()
    {
        var data = SmallShop.Data(900, 600, SmallShop.RandomPairs(900, 600, weighted: true));
        ModelVectors Fit(int seed) => IalsFactorization.Fit(data.Train.Interactions, 600, new() { Factors = 12, Iterations = 3 }, seed, CancellationToken.None);

        var one = Threads.On(1, () => Fit(1));

        Assert.Equal(one.Users, Threads.On(3, () => Fit(1)).Users);
        Assert.NotEqual(one.Users, Fit(2).Users);
    }

    [Fact]
    public void Fit_APairWeighsMore_ScoresHigherForItsUser()
    {
        var pairs = SmallShop.RandomPairs(Users, Items, weighted: false);
        float Score(float weight)
        {
            pairs[0] = pairs[0] with { Weight = weight };
            var data = SmallShop.Data(Users, Items, pairs);
            var scores = new float[Items];
            IalsFactorization.Fit(data.Train.Interactions, Items, new() { Factors = 4, Alpha = 2 }, seed: 1, CancellationToken.None).Score([pairs[0].User], scores);
            return scores[pairs[0].Item];
        }

        Assert.True(Score(20) > Score(1));
    }

    [Fact]
    public void Fit_UserAndItemWithoutInteractions_HaveZeros()
    {
        var data = SmallShop.Data(3, 3, [new(0, 0, 0), new(2, 1, 0)]);

        var vectors = IalsFactorization.Fit(data.Train.Interactions, 3, new() { Factors = 4 }, seed: 1, CancellationToken.None);

        Assert.Equal(new float[4], vectors.Users[4..8]);
        Assert.Equal(new float[4], vectors.Items[8..]);
        Assert.NotEqual(new float[4], vectors.Users[..4]);
    }

    [Fact]
    public void Fit_AWeightThatIsNoNumber_IsRefused()
    {
        var data = SmallShop.Data(2, 2, [new(0, 0, 0, float.NaN), new(1, 1, 0)]);

        var e = Assert.Throws<TrainingException>(() => IalsFactorization.Fit(data.Train.Interactions, 2, new(), seed: 1, CancellationToken.None));

        Assert.Contains("weights of interactions are not all finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        var data = SmallShop.Data(2, 2, [new(0, 0, 0)]);

        Assert.Throws<OperationCanceledException>(() => IalsFactorization.Fit(data.Train.Interactions, 2, new(), 1, new CancellationToken(canceled: true)));
    }

    /// <summary>Row by row (Y'CY + lambda I)^-1 Y'C p with C = I + alpha X, eq. 4 of Hu et al. as it stands.</summary>
    private static double[,] Exact(double[,] x, double[,] y, IalsHyperParameters hyper)
    {
        var (rows, others, f) = (x.GetLength(0), x.GetLength(1), y.GetLength(1));
        var solved = new double[rows, f];
        for (var row = 0; row < rows; row++)
        {
            var (a, b) = (new double[f, f], new double[f, 1]);
            for (var i = 0; i < f; i++)
                a[i, i] = hyper.Regularization;
            for (var other = 0; other < others; other++)
            {
                var c = 1 + hyper.Alpha * x[row, other];
                for (var i = 0; i < f; i++)
                {
                    b[i, 0] += x[row, other] > 0 ? c * y[other, i] : 0;
                    for (var j = 0; j < f; j++)
                        a[i, j] += c * y[other, i] * y[other, j];
                }
            }
            var vector = Dense.Solve(a, b);
            for (var i = 0; i < f; i++)
                solved[row, i] = vector[i, 0];
        }
        return solved;
    }

    private static double[,] Matrix(float[] values, int rows, int columns)
    {
        var matrix = new double[rows, columns];
        for (var i = 0; i < values.Length; i++)
            matrix[i / columns, i % columns] = values[i];
        return matrix;
    }
}
