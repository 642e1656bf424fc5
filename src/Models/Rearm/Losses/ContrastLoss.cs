using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>Eq. 12: InfoNCE from one modality to the other, cosine / tau, over the distinct nodes of a batch; the mean over pairs of modalities.</summary>
internal static class ContrastLoss
{
    /// <param name="modal">Per modality, n x d.</param>
    /// <param name="temperature">tau.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal static Tensor Forward(Tensor[] modal, double temperature, KernelMode kernels)
    {
        var unit = modal.Select(m => UnitRows.Of(m, kernels)).ToArray();
        return ModalPairs.Mean(unit, (a, b) => kernels.Fit(a) ? ContrastFunction.Loss(a, b, temperature) : Plain(a, b, temperature));
    }

    private static Tensor Plain(Tensor a, Tensor b, double temperature)
    {
        var scores = a.mm(b.t()).Over(temperature);
        return (scores.logsumexp(1) - (a * b).sum(1).Over(temperature)).mean();
    }
}
