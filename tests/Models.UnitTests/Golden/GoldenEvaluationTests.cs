using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class GoldenEvaluationTests
{
    private const double ScoreTie = 1e-4;

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float64, true)]
    public void Rankings_AndMetrics_Match(ScalarType precision, bool plainOperators)
    {
        foreach (var golden in GoldenCase.All())
            foreach (var part in new[] { "valid", "test" })
                Compare(golden, part, precision, plainOperators ? KernelMode.Plain : KernelMode.Auto);
    }

    private static void Compare(GoldenCase golden, string part, ScalarType precision, KernelMode kernels)
    {
        using var setup = new GoldenModel(golden, precision, kernels);
        var vectors = RearmVectors.Compute(setup.Model, setup.Inputs);
        var evaluator = new RankingEvaluator(golden.Snapshot().Interactions, golden.Items, golden.Pairs(part));
        var metrics = evaluator.Evaluate(vectors.Score)!.Value;
        var recall = golden.Arrays[$"eval/{part}/recall_10_20"].Values;
        var ndcg = golden.Arrays[$"eval/{part}/ndcg_10_20"].Values;
        Close.To([recall[0], recall[1], ndcg[0], ndcg[1]], [metrics.Recall10, metrics.Recall20, metrics.Ndcg10, metrics.Ndcg20], 1e-6, $"{golden.Name} {part}");

        var users = golden.Arrays[$"eval/{part}/users"].Ints;
        var masked = golden.Arrays[$"eval/{part}/masked_scores"];
        var top = golden.Arrays[$"eval/{part}/top20"];
        var scores = new float[users.Length * golden.Items];
        vectors.Score(users, scores);
        for (var row = 0; row < users.Length; row++)
        {
            var ranking = evaluator.Top(scores.AsSpan(row * golden.Items, golden.Items), users[row], new int[20]);
            for (var rank = 0; rank < ranking.Length; rank++)
            {
                var (expected, actual) = (top.Row(row).Ints[rank], ranking[rank]);
                Assert.True(expected == actual || Math.Abs(masked.Row(row).Values[expected] - masked.Row(row).Values[actual]) < ScoreTie,
                    $"{golden.Name} {part}: rank {rank} of user {users[row]} is item {actual}, not {expected}.");
            }
        }
    }
}
