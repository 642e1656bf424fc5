using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

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
    public void Metrics_AnyCutOffs_AreTheHandComputedOnes()
    {
        int[] ranking = [9, 1, 8, 7, 6, 5, 4, 10, 11, 12, 2, 13, 14];
        var metrics = RankingMetrics.Of(ranking, new HashSet<int> { 1, 2, 3 }, 1, 2, 50);
        Assert.Equal([1, 2, 10, 20, 50], metrics.All.Select(m => m.CutOff));
        Assert.Equal(new(1, 0, 0), metrics.All[0]);
        Assert.Equal(1.0 / 3, metrics.All[1].Recall, 12);
        // Two ranks can hold two of the three at most.
        Assert.Equal(1 / Math.Log2(3) / (1 + 1 / Math.Log2(3)), metrics.All[1].Ndcg, 12);
        Assert.Equal((metrics.Recall20, metrics.Ndcg20), (metrics.All[4].Recall, metrics.All[4].Ndcg));
    }

    [Fact]
    public void Evaluate_DeepCutOff_RanksThatDeepAndTakesTheMean()
    {
        // User 0's item is last of 100, user 1's the 30th.
        var evaluator = new RankingEvaluator(InteractionPairs.ToMatrix(2, []), 100, [(0, 99), (1, 29)], [50, 20, 100, 29]);
        var metrics = evaluator.Evaluate((users, scores) =>
        {
            for (var i = 0; i < users.Length * 100; i++)
                scores[i] = -(i % 100);
        })!.Value;
        Assert.Equal([(10, 0), (20, 0), (29, 0), (50, 0.5), (100, 1)], metrics.All.Select(m => (m.CutOff, m.Recall)));
        Assert.Equal(1 / Math.Log2(31) / 2, metrics.All[3].Ndcg, 12);
        Assert.Equal("recall@10 recall@20 recall@29 recall@50 recall@100 ndcg@10 ndcg@20 ndcg@29 ndcg@50 ndcg@100", string.Join(' ', metrics.ToDictionary().Keys));
    }

    [Fact]
    public void Evaluate_MillionsOfItems_AsksForFewUsersAtATime()
    {
        // What tensors give out of their memory is a span of bytes, which ends at 2 GiB.
        const int Items = 3_000_000;
        const int Users = 256;
        var evaluator = new RankingEvaluator(InteractionPairs.ToMatrix(Users, []), Items, Enumerable.Range(0, Users).Select(user => (user, 7)));
        var most = 0L;

        var metrics = evaluator.Evaluate((users, scores) =>
        {
            most = Math.Max(most, (long)users.Length * Items * sizeof(float));
            for (var i = 0; i < users.Length; i++)
                scores[i * Items + 7] = 1;
        })!.Value;

        Assert.InRange(most, 1, int.MaxValue);
        Assert.Equal(1, metrics.Recall10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Create_CutOffOutOfRange_IsRefused(int cutOff) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RankingEvaluator(InteractionPairs.ToMatrix(1, []), 5, [], [cutOff]));

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
        })!.Value;
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
    public void EvaluateUsersOn_Device_GivesWhatRankingOneByOneGives()
    {
        // Small whole numbers, so that products are exact and many scores equal; user 0 has touched all items but two, user 1 none.
        var random = new Random(1);
        float[] Numbers(int rows) => [.. Enumerable.Range(0, rows * 4).Select(_ => (float)random.Next(-2, 3))];
        var vectors = new ModelVectors(4, Numbers(30), Numbers(70));
        var pairs = Enumerable.Range(0, 68).Select(item => (User: 0, Item: item))
            .Concat(Enumerable.Range(0, 300).Select(_ => (User: random.Next(2, 30), Item: random.Next(70)))).Distinct().ToArray();
        var train = InteractionPairs.ToMatrix(30, pairs.Select(p => new InteractionPair(p.User, p.Item, 0)));
        var heldOut = Enumerable.Range(0, 30).SelectMany(user => Enumerable.Range(0, 70).Except(train.ItemsOf(user).ToArray()).Take(5).Select(item => (user, item)));
        var evaluator = new RankingEvaluator(train, 70, heldOut, [3, 70, 100]);

        Assert.Equal(evaluator.EvaluateUsers(vectors.Score), evaluator.EvaluateUsersOn(CPU, vectors.Width, vectors.Users, vectors.Items));
    }

    [Fact]
    public void Best_UserWhoHasTouchedAlmostEverything_HasNoMoreThanTheRest()
    {
        var train = InteractionPairs.ToMatrix(2, [new(0, 0, 0), new(0, 2, 0), new(0, 3, 0), new(1, 4, 0)]);
        using var ranking = new DeviceRanking(1, [1, 1], [5, 1, 9, 2, 1], train, CPU);

        Assert.Equal([[1, 4], [2, 0, 3, 1]], ranking.Best([0, 1], depth: 10));
        Assert.Equal([[2, 0, 3]], ranking.Best([1], depth: 3));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void Validate_SoManyUsers_MeasuresFromTheFewestOn(int users, bool measures)
    {
        var evaluator = new RankingEvaluator(InteractionPairs.ToMatrix(users, []), 5, Enumerable.Range(0, users).Select(user => (user, 1)));
        ScoreUsers score = (_, scores) => scores.Clear();

        Assert.Equal((measures, measures), (evaluator.CanDecide, evaluator.Validate(score) is not null));
        // The test part is measured whatever its size.
        Assert.NotNull(evaluator.Evaluate(score));
    }

    [Fact]
    public void Evaluate_NobodyHeldOut_IsNotMeasured() =>
        Assert.Null(new RankingEvaluator(InteractionPairs.ToMatrix(1, []), 5, []).Evaluate((_, _) => { }));
}
