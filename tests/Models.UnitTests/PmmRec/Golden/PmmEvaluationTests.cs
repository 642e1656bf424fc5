using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.UnitTests.Golden;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

[Trait("Category", "Golden")]
public class PmmEvaluationTests
{
    private const double ScoreTie = 1e-4;

    [Theory]
    [InlineData("valid", "data/train")]
    [InlineData("test", "data/valid")]
    public void VectorsRankingsAndMetrics_Match(string part, string history) => PmmTolerances.ForAll((golden, t) =>
    {
        using var setup = new PmmSetup(golden, t.Type, t.Kernels, PmmSetup.ImageFirst);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (model, arrays, n) = (setup.Model, golden.Arrays, golden.Items);
        var items = model.Items(arange(n + 1, device: GoldenModel.Device));
        Close.To(arrays[$"{t.Prefix}eval/item_emb"], GoldenModel.Values(items), t.Vector, $"{golden.Name} {t.Prefix}item_emb");

        var inputs = arrays[$"eval/{part}/inputs"];
        var states = model.Encoder.forward(
            items.index_select(0, Constant.Indices(inputs.Ints, items)).reshape(inputs.Rows, golden.Length, -1),
            HistoryMask.Of(inputs.Ints, golden.Length, golden.Length, items));
        var users = states.select(1, golden.Length - 1);
        Close.To(arrays[$"{t.Prefix}eval/{part}/user_vec"], GoldenModel.Values(users), t.Vector, $"{golden.Name} {t.Prefix}{part} user_vec");
        var scores = users.matmul(items.t());
        Close.To(arrays[$"{t.Prefix}eval/{part}/scores"], GoldenModel.Values(scores), t.Vector, $"{golden.Name} {t.Prefix}{part} scores");

        var values = PlainValues.Of(scores.narrow(1, 1, n));
        var pairs = Enumerable.Range(0, inputs.Rows)
            .SelectMany(user => golden.Row(history, user).Select((item, at) => new InteractionPair(user, item - 1, at)));
        var evaluator = new RankingEvaluator(
            InteractionPairs.ToMatrix(inputs.Rows, pairs), n, arrays[$"eval/{part}/target"].Ints.Select((item, user) => (user, item - 1)));
        var metrics = evaluator.Evaluate((chosen, into) =>
        {
            for (var u = 0; u < chosen.Length; u++)
                values.AsSpan(chosen[u] * n, n).CopyTo(into[(u * n)..]);
        })!.Value;
        Close.To(arrays[$"eval/{part}/hit10_ndcg10"], [metrics.Recall10, metrics.Ndcg10], 1e-6, $"{golden.Name} {part}");
        CompareRankings(golden, part, inputs.Rows, user => evaluator.Top(values.AsSpan(user * n, n), user, new int[10]).ToArray());
    });

    private static void CompareRankings(PmmCase golden, string part, int users, Func<int, int[]> top)
    {
        var (expected, masked) = (golden.Arrays[$"eval/{part}/top10"], golden.Arrays[$"eval/{part}/masked_scores"]);
        for (var user = 0; user < users; user++)
            foreach (var (rank, item) in top(user).Index())
            {
                var wanted = expected.Row(user).Ints[rank];
                Assert.True(
                    wanted == item + 1 || Math.Abs(masked.Row(user).Values[wanted] - masked.Row(user).Values[item + 1]) < ScoreTie,
                    $"{golden.Name} {part}: rank {rank} of user {user} is item {item + 1}, not {wanted}.");
            }
    }
}
