using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>What the losses between modalities have in common.</summary>
internal static class ModalPairs
{
    /// <summary>The mean of <paramref name="loss"/> over pairs, the earlier modality first.</summary>
    internal static Tensor Mean(Tensor[] modal, Func<Tensor, Tensor, Tensor> loss)
    {
        Tensor? sum = null;
        var pairs = 0;
        for (var a = 0; a < modal.Length; a++)
            for (var b = a + 1; b < modal.Length; b++, pairs++)
                sum = sum is null ? loss(modal[a], modal[b]) : sum.Plus(loss(modal[a], modal[b]));
        return sum is null ? throw new ArgumentException("Losses between modalities need at least two.", nameof(modal)) : sum.Over(pairs);
    }
}
