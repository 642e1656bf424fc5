using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>A batch some of whose inputs were shuffled within their user's, and some replaced by other users' items.</summary>
/// <param name="Rows">For each input position, B x L, which of the batch's B W rows is read there.</param>
/// <param name="Labels">What was done there: <see cref="Kept"/>, <see cref="Shuffled"/> or <see cref="Replaced"/>.</param>
internal sealed record CorruptedBatch(int[] Rows, int[] Labels)
{
    /// <summary>Number of labels.</summary>
    internal const int Kinds = 3;

    internal const int Kept = 0;
    internal const int Shuffled = 1;
    internal const int Replaced = 2;

    private const double ShuffledShare = 0.15;
    private const double ReplacedShare = 0.05;

    /// <summary>Draws who is moved and replaced: each real input with the same chance. Those to be moved change places in a circle.</summary>
    internal static CorruptedBatch Of(SequenceBatch batch, Random random)
    {
        var (rows, labels) = (new int[batch.Users * batch.Length], new int[batch.Users * batch.Length]);
        for (var n = 0; n < rows.Length; n++)
            rows[n] = batch.RowOf(n);
        int[] real = [.. Enumerable.Range(0, batch.Rows.Length).Where(row => batch.Rows[row] != 0)];
        foreach (var inputs in batch.Inputs.GroupBy(input => input / batch.Length))
        {
            int[] own = [.. inputs];
            var moved = Array.FindAll(own, _ => random.NextDouble() < ShuffledShare);
            random.Shuffle(moved);
            for (var n = 0; moved.Length > 1 && n < moved.Length; n++)
                (rows[moved[n]], labels[moved[n]]) = (batch.RowOf(moved[(n + 1) % moved.Length]), Shuffled);
            var others = Array.FindAll(real, row => row / batch.Width != inputs.Key);
            foreach (var input in own)
                if (others.Length > 0 && labels[input] == Kept && random.NextDouble() < ReplacedShare)
                    (rows[input], labels[input]) = (others[random.Next(others.Length)], Replaced);
        }
        return new(rows, labels);
    }

    /// <summary>The user encoder's states over the corrupted inputs, B x L x d.</summary>
    internal Tensor States(SequenceModel model, Tensor items, SequenceBatch batch) => model.Encoder.forward(
        items.index_select(0, Constant.Indices(Rows, items)).reshape(batch.Users, batch.Length, -1),
        HistoryMask.Of(batch.Rows, batch.Width, batch.Length, items));
}
