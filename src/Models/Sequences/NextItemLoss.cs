using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>
/// Next-item prediction (PMMRec's NIP): at each real input the item that follows is told apart from all items of the batch, those aside that the user
/// has anywhere in the row.
/// </summary>
internal static class NextItemLoss
{
    private const double Excluded = -1e4;

    /// <summary>The mean cross-entropy over real inputs.</summary>
    internal static Tensor Forward(Tensor states, Tensor items, SequenceBatch batch, Tensor? logPopularity)
    {
        var targets = Constant.Indices(Array.ConvertAll(batch.Inputs, input => batch.RowOf(input) + 1), items).unsqueeze(1);
        return -nn.functional.log_softmax(Logits(states, items, batch, logPopularity), 1).gather(1, targets).mean();
    }

    /// <param name="states">Of the user encoder, B x L x d.</param>
    /// <param name="items">The items' vectors, B W x d.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="logPopularity">Of each of <paramref name="items"/>, to be taken off its scores (B W); null: nothing is taken off.</param>
    /// <returns>Real inputs x B W.</returns>
    internal static Tensor Logits(Tensor states, Tensor items, SequenceBatch batch, Tensor? logPopularity)
    {
        var inputs = states.reshape(-1, states.shape[2]).index_select(0, Constant.Indices(batch.Inputs, items));
        var scores = inputs.matmul(items.t());
        if (logPopularity is not null)
            scores -= logPopularity;
        var excluded = tensor(Exclude(batch), [batch.Inputs.Length, batch.Rows.Length], device: items.device);
        return where(excluded, Constant.Of(Excluded, items), scores);
    }

    /// <summary>Padding, and every item of the user's row but the target where it stands: copies of it elsewhere are no negatives.</summary>
    private static bool[] Exclude(SequenceBatch batch)
    {
        var columns = batch.Rows.Length;
        var ofUser = new bool[batch.Users * columns];
        for (var user = 0; user < batch.Users; user++)
        {
            var own = batch.RowsOf(user).ToArray().ToHashSet();
            own.Add(0);
            for (var column = 0; column < columns; column++)
                ofUser[user * columns + column] = own.Contains(batch.Rows[column]);
        }
        var excluded = new bool[batch.Inputs.Length * columns];
        for (var n = 0; n < batch.Inputs.Length; n++)
        {
            ofUser.AsSpan(batch.Inputs[n] / batch.Length * columns, columns).CopyTo(excluded.AsSpan(n * columns));
            excluded[n * columns + batch.RowOf(batch.Inputs[n]) + 1] = false;
        }
        return excluded;
    }
}
