using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>
/// Next-item enhanced contrast as an older program of the authors has it: anchors in the second modality (their text), candidates in the first (their
/// image). An anchor's positives are the same item and the user's next one, both in one softmax; negatives are the items of other users that are neither, or
/// all others where there is no next one.
/// </summary>
internal static class ProgramContrastLoss
{
    /// <param name="projection">Where they are compared.</param>
    /// <param name="means">Of the two modalities, B W x d.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="selected">The rows compared.</param>
    /// <param name="temperature">Of the softmax.</param>
    /// <returns>The mean over anchors; 0 where there are fewer than two rows, which have no variance.</returns>
    internal static Tensor Forward(ContrastProjection projection, IReadOnlyList<Tensor> means, SequenceBatch batch, ProgramRows selected, double temperature)
    {
        var n = selected.Rows.Length;
        if (n < 2)
            return Constant.Of(0, means[0]);
        var rows = Constant.Indices(selected.Rows, means[0]);
        Tensor Project(Tensor mean) => UnitRows.Of(projection.forward(mean.index_select(0, rows)));
        var (anchors, candidates) = (Project(means[1]), Project(means[0]));
        var scores = anchors.matmul(candidates.t()) / Constant.Of(temperature, anchors);
        var (positive, left, count) = Masks(batch, selected, anchors);
        var all = where(left, Constant.Of(double.NegativeInfinity, scores), scores).logsumexp(1);
        return ((all - (scores * positive).sum(1)) / count).mean();
    }

    /// <summary>1 at positives; true where a column is neither positive nor negative; the number of positives.</summary>
    private static (Tensor Positive, Tensor Left, Tensor Count) Masks(SequenceBatch batch, ProgramRows selected, Tensor like)
    {
        var (owners, rows) = selected;
        var n = rows.Length;
        var (positive, left, count) = (new float[n * n], new bool[n * n], new float[n]);
        for (var i = 0; i < n; i++)
        {
            var hasNext = i + 1 < n && owners[i + 1] == owners[i];
            var (id, nextId) = (batch.Rows[rows[i]], hasNext ? batch.Rows[rows[i + 1]] : 0);
            count[i] = hasNext ? 2 : 1;
            for (var k = 0; k < n; k++)
            {
                var other = batch.Rows[rows[k]];
                var isPositive = k == i || (hasNext && k == i + 1);
                var isNegative = hasNext ? owners[k] != owners[i] && other != id && other != nextId : other != id;
                positive[i * n + k] = isPositive ? 1 : 0;
                left[i * n + k] = !isPositive && !isNegative;
            }
        }
        return (Constant.Of(positive, [n, n], like), tensor(left, [n, n], device: like.device), Constant.Of(count, [n], like));
    }
}
