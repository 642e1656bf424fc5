using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>
/// Next-item enhanced contrast (NICL) between the modalities of a batch's items, after a summary of the paper: unit vectors, no temperature. For each item
/// of each user and each ordered pair of modalities a, b, positives are the item itself in b and the user's next item in both; negatives are other users'
/// items, in both, that are neither of the two: the mean of -log(pos / (pos + neg)), all exponentials of inner products summed inside the logarithm.
/// </summary>
internal static class ModalityContrastLoss
{
    /// <param name="means">Per modality, B W x d.</param>
    /// <param name="batch">The batch.</param>
    internal static Tensor Forward(IReadOnlyList<Tensor> means, SequenceBatch batch)
    {
        int[] real = [.. Enumerable.Range(0, batch.Rows.Length).Where(row => batch.Rows[row] != 0)];
        var (next, negative) = Masks(batch, real, means[0]);
        var rows = Constant.Indices(real, means[0]);
        var units = means.Select(mean => UnitRows.Of(mean.index_select(0, rows))).ToArray();
        var products = (from a in units from b in units select a.matmul(b.t()).exp()).ToArray();
        Tensor? sum = null;
        for (var a = 0; a < units.Length; a++)
            for (var b = 0; b < units.Length; b++)
                if (a != b)
                {
                    Tensor within = products[a * units.Length + a], across = products[a * units.Length + b];
                    var both = within.Plus(across);
                    var positives = across.diagonal().Plus((both * next).sum(1));
                    var term = (positives.Plus((both * negative).sum(1)).log() - positives.log()).mean();
                    sum = sum is null ? term : sum.Plus(term);
                }
        return sum!.Over(units.Length * (units.Length - 1));
    }

    /// <summary>1 where a column is the next item of a row's, and 1 where it is a negative.</summary>
    private static (Tensor Next, Tensor Negative) Masks(SequenceBatch batch, int[] real, Tensor like)
    {
        var n = real.Length;
        var (next, negative) = (new float[n * n], new float[n * n]);
        for (var i = 0; i < n; i++)
        {
            var user = real[i] / batch.Width;
            // Padding is on the left, so the row behind a real one is real.
            var hasNext = i + 1 < n && real[i + 1] / batch.Width == user;
            var (id, nextId) = (batch.Rows[real[i]], hasNext ? batch.Rows[real[i + 1]] : 0);
            if (hasNext)
                next[i * n + i + 1] = 1;
            for (var k = 0; k < n; k++)
                if (real[k] / batch.Width != user && batch.Rows[real[k]] != id && batch.Rows[real[k]] != nextId)
                    negative[i * n + k] = 1;
        }
        return (Constant.Of(next, [n, n], like), Constant.Of(negative, [n, n], like));
    }
}
