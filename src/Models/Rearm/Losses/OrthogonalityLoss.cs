using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>
/// Eq. 17: the mean of the squared entries of V' T over the rows of a batch, columns centred, rows scaled to length 1, the length a
/// constant for the gradient; the mean over pairs of modalities.
/// </summary>
internal static class OrthogonalityLoss
{
    private const double Epsilon = 1e-6;

    /// <param name="modal">Per modality, rows x d.</param>
    internal static Tensor Forward(Tensor[] modal)
    {
        var unit = modal.Select(Unit).ToArray();
        return ModalPairs.Mean(unit, (a, b) => a.t().mm(b).Squared().mean());
    }

    private static Tensor Unit(Tensor rows)
    {
        var centred = rows - rows.mean([0], keepdim: true);
        return centred / centred.norm(1, keepdim: true).detach().Plus(Epsilon);
    }
}
