using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.UnitTests.Evaluation;

public class RankingEvaluatorTests
{
    [Fact]
    public void Metrics_TwoOfThreeFound_AreTheHandComputedOnes()
    {
        // Hits at ranks 2 and 11, one item not found.
        int[] ranking = [9, 1, 8, 7, 6, 5, 4, 10, 11, 12, 2, 13, 14];
        var metrics = RankingMetrics.Of(ranking, new HashSet<int> { 1, 2, 3 });
        var ideal = 1 + 1 / Math.Log2(3) + 1 / Math.Log2(4);
        Assert.Equal(1.0 / 3, metrics.Recall10, 12);
        Assert.Equal(2.0 / 3, metrics.Recall20, 12);
        Assert.Equal(1 / Math.Log2(3) / ideal, metrics.Ndcg10, 12);
        Assert.Equal((1 / Math.Log2(3) + 1 / Math.Log2(12)) / ideal, metrics.Ndcg20, 12);
    }

    [Fact]
    public void Evaluate_TrainingItems_AreNotRanked()
    {
        var train = InteractionPairs.ToMatrix(2, [new(0, 0, 0), new(1, 1, 0)]);
        var evaluator = new RankingEvaluator(train, 3, [(0, 1), (1, 2)]);
        // Item 0 scores best for both, then 1, then 2: user 0 finds 1 first; user 1 finds 0, then 2.
        var metrics = evaluator.Evaluate((users, scores) =>
        {
            for (var i = 0; i < users.Length; i++)
                new float[] { 3, 2, 1 }.CopyTo(scores[(i * 3)..]);
        });
        Assert.Equal((1 + 1 / Math.Log2(3)) / 2, metrics.Ndcg10, 12);
        Assert.Equal(1, metrics.Recall10, 12);
    }

    [Fact]
    public void Top_MoreItemsThanPlaces_IsTheSortedOrder()
    {
        var train = InteractionPairs.ToMatrix(1, [new(0, 3, 0), new(0, 50, 0)]);
        var evaluator = new RankingEvaluator(train, 100, []);
        var random = new Random(1);
        float[] scores = [.. Enumerable.Range(0, 100).Select(_ => (float)random.Next(30))];
        var expected = Enumerable.Range(0, 100).Where(i => i is not (3 or 50)).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(20);
        Assert.Equal(expected, evaluator.Top(scores, 0, new int[20]).ToArray());
    }

    [Fact]
    public void Evaluate_NobodyHeldOut_IsZero() =>
        Assert.Equal(default, new RankingEvaluator(InteractionPairs.ToMatrix(1, []), 5, []).Evaluate((_, _) => { }));
}
