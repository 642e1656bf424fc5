using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class SeaGoldenEvaluationTests
{
    private const double ScoreTie = 1e-5;

    [Theory]
    [InlineData(torch.ScalarType.Float32, false)]
    [InlineData(torch.ScalarType.Float32, true)]
    [InlineData(torch.ScalarType.Float64, true)]
    public void Rankings_AndMetrics_Match(torch.ScalarType precision, bool plainOperators)
    {
        foreach (var golden in SeaGoldenCase.All())
        {
            using var setup = new SeaGoldenModel(golden, precision, plainOperators ? KernelMode.Plain : KernelMode.Auto);
            using var scope = torch.NewDisposeScope();
            using var _ = torch.no_grad();
            var vectors = GoldenModel.Values(setup.Model.forward(setup.Inputs).Representation);
            Compare(golden, vectors, "eval");
            Compare(golden, golden.Arrays["after5_stale_representation"].Values, "eval_stale");
        }
    }

    private static void Compare(SeaGoldenCase golden, double[] representation, string folder)
    {
        var width = representation.Length / (golden.Users + golden.Items);
        float[] values = Array.ConvertAll(representation, v => (float)v);
        var vectors = new ModelVectors(width, values[..(golden.Users * width)], values[(golden.Users * width)..]);
        foreach (var part in new[] { "valid", "test" })
            Compare(golden, vectors, folder, part);
    }

    private static void Compare(SeaGoldenCase golden, ModelVectors vectors, string folder, string part)
    {
        var evaluator = golden.Evaluator(part);
        var metrics = evaluator.Evaluate(vectors.Score)!.Value;
        var recall = golden.Arrays[$"{folder}/{part}/recall_10_20"].Values;
        var ndcg = golden.Arrays[$"{folder}/{part}/ndcg_10_20"].Values;
        Close.To([.. recall, .. ndcg], [metrics.Recall10, metrics.Recall20, metrics.Ndcg10, metrics.Ndcg20], 1e-6, $"{golden.Name} {folder} {part}");

        var users = golden.Arrays[$"{folder}/{part}/users"].Ints;
        var masked = golden.Arrays[$"{folder}/{part}/masked_scores"];
        var top = golden.Arrays[$"{folder}/{part}/top20"];
        var scores = new float[users.Length * golden.Items];
        vectors.Score(users, scores);
        for (var row = 0; row < users.Length; row++)
        {
            var ranking = evaluator.Top(scores.AsSpan(row * golden.Items, golden.Items), users[row], new int[20]);
            for (var rank = 0; rank < ranking.Length; rank++)
            {
                var (expected, actual) = (top.Row(row).Ints[rank], ranking[rank]);
                Assert.True(expected == actual || Math.Abs(masked.Row(row).Values[expected] - masked.Row(row).Values[actual]) < ScoreTie,
                    $"{golden.Name} {folder} {part}: rank {rank} of user {users[row]} is item {actual}, not {expected}.");
            }
        }
    }
}
