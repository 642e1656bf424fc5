using System.Numerics.Tensors;
using Rearm.Streaming.Server.Answers;

namespace Rearm.Streaming.Server.UnitTests.Answers;

public class DiversificationTests
{
    // Two of a kind at the top, then another kind.
    private static readonly float[][] Vectors = [[1, 0], [2, 0], [0, 1], [0, 0]];

    [Fact]
    public void Apply_AlikeItems_ArePutApart()
    {
        var (rows, scores) = Apply([0, 1, 2, 3], [4, 3.9f, 2, 1], 0.5f);

        Assert.Equal([0, 2, 3, 1], rows);
        Assert.Equal([4, 2, 1, 3.9f], scores);
    }

    [Fact]
    public void Apply_HardlyAny_KeepsTheOrder() => Assert.Equal([0, 1, 2, 3], Apply([0, 1, 2, 3], [4, 3.9f, 2, 1], 0.01f).Rows);

    [Fact]
    public void Apply_ByDifferenceAlone_LeavesTheMostAlikeToTheEnd()
    {
        var (rows, _) = Apply([0, 1, 2, 3], [4, 3.9f, 2, 1], 1);

        Assert.Equal([0, 2, 3, 1], rows);
    }

    // 1 / the difference is not finite.
    [Theory]
    [InlineData(0.5f)]
    [InlineData(1)]
    public void Apply_ScoresThatHardlyDiffer_GoesByDifferenceAlone(float diversity)
    {
        var (rows, _) = Apply([0, 1, 2, 3], [float.Epsilon, float.Epsilon, 0, 0], diversity);

        Assert.Equal([0, 2, 3, 1], rows);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Apply_AnyPool_IsWhatThePlainRuleGives(float diversity)
    {
        var random = new Random(7);
        var vectors = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 5).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
        var scores = Enumerable.Range(0, 40).Select(_ => random.NextSingle() * 9).OrderDescending().ToArray();
        var pool = Enumerable.Range(0, 40).ToList();
        var expected = new List<int>();
        while (pool.Count > 0)
        {
            var next = pool.MaxBy(i => (1 - diversity) * (scores[i] - scores[^1]) / (scores[0] - scores[^1])
                - diversity * expected.Select(j => TensorPrimitives.CosineSimilarity<float>(vectors[i], vectors[j])).DefaultIfEmpty(-1).Max());
            expected.Add(next);
            pool.Remove(next);
        }

        int[] rows = [.. Enumerable.Range(0, 40)];
        var moved = scores.ToArray();
        Diversification.Apply(rows, moved, already: 0, diversity, 5, row => vectors[row]);

        Assert.Equal(expected, rows);
        Assert.Equal(expected.Select(i => scores[i]), moved);
    }

    [Fact]
    public void Apply_SomeTakenAlready_GoesOnAsIfNothingHadComeBetween()
    {
        var random = new Random(3);
        var vectors = Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
        var scores = Enumerable.Range(0, 30).Select(_ => random.NextSingle()).OrderDescending().ToArray();
        int[] whole = [.. Enumerable.Range(0, 30)];
        Diversification.Apply(whole, scores.ToArray(), already: 0, 0.5f, 4, row => vectors[row]);

        int[] rows = [.. whole[..12], .. whole[12..].Order()];
        Diversification.Apply(rows, rows.Select(row => scores[row]).ToArray(), already: 12, 0.5f, 4, row => vectors[row]);

        Assert.Equal(whole, rows);
    }

    private static (int[] Rows, float[] Scores) Apply(int[] rows, float[] scores, float diversity)
    {
        Diversification.Apply(rows, scores, already: 0, diversity, 2, row => Vectors[row]);
        return (rows, scores);
    }
}
