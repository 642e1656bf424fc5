using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>The mean of the tokens that there are.</summary>
internal static class MaskedMean
{
    private const double Least = 1e-9;

    /// <param name="tokens">Items x tokens x d.</param>
    /// <param name="mask">Items x tokens.</param>
    /// <returns>Items x d; zeros for an item without tokens.</returns>
    internal static Tensor Of(Tensor tokens, Tensor mask) =>
        (tokens * mask.unsqueeze(2)).sum(1) / maximum(mask.sum(1, keepdim: true), Constant.Of(Least, mask));
}
