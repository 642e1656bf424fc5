using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Attention of several heads: softmax(q k' / sqrt(d / heads) + mask) v.</summary>
internal static class ScaledAttention
{
    /// <param name="query">Rows x tokens x d.</param>
    /// <param name="key">The same shape.</param>
    /// <param name="value">The same shape.</param>
    /// <param name="heads">Each has d / heads of the columns.</param>
    /// <param name="mask">Added to the scores of keys that must not be seen: rows x 1 x (tokens or 1) x tokens.</param>
    /// <param name="dropout">Of the weights.</param>
    /// <param name="training">Whether anything is dropped.</param>
    /// <returns>Rows x tokens x d.</returns>
    internal static Tensor Forward(Tensor query, Tensor key, Tensor value, int heads, Tensor mask, double dropout, bool training)
    {
        var (rows, tokens, width) = (query.shape[0], query.shape[1], query.shape[2] / heads);
        Tensor Heads(Tensor x) => x.reshape(rows, tokens, heads, width).transpose(1, 2);
        var scores = Heads(query).Times(1 / Math.Sqrt(width)).matmul(Heads(key).transpose(2, 3)).Plus(mask);
        var weights = SequenceDropout.Forward(nn.functional.softmax(scores, -1), dropout, training);
        return weights.matmul(Heads(value)).transpose(1, 2).reshape(rows, tokens, heads * width);
    }
}
