using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>
/// SEA's alignment loss (Solosimloss): InfoNCE over all items, one modality asking another and not the other way round. Of several modalities the later listed
/// ask the earlier, and the loss is the mean over pairs.
/// </summary>
internal static class SoloSimilarity
{
    /// <param name="heads">Per modality, items x width, rows of length 1; two or more.</param>
    /// <param name="temperature">Cosines are divided by it.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal static Tensor Forward(Tensor[] heads, double temperature, KernelMode kernels)
    {
        var losses = new List<Tensor>();
        for (var asking = 1; asking < heads.Length; asking++)
            for (var asked = 0; asked < asking; asked++)
                losses.Add(kernels.Fit(heads[asking])
                    ? ContrastFunction.Loss(heads[asking], heads[asked], temperature)
                    : Plain(heads[asking], heads[asked], temperature));
        return losses is [var only] ? only : stack(losses).mean();
    }

    private static Tensor Plain(Tensor asking, Tensor asked, double temperature)
    {
        var scale = Constant.Of(1 / temperature, asking);
        return ((asking.mm(asked.t()) * scale).logsumexp(1) - (asking * asked).sum(1) * scale).mean();
    }
}
