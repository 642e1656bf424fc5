using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>
/// Eq. 22: bpr + l_cl (items + users) + l_ort (items + users). AdamW's decoupled decay stands for the L2 term. With one modality
/// there is nothing to contrast: bpr alone.
/// </summary>
internal static class RearmLoss
{
    internal static Tensor Forward(RearmOutput output, BatchIndices batch, RearmHyperParameters parameters, KernelMode kernels = KernelMode.Auto) =>
        Terms(output, batch, parameters, kernels).Total;

    internal static LossTerms Terms(RearmOutput output, BatchIndices batch, RearmHyperParameters parameters, KernelMode kernels = KernelMode.Auto)
    {
        var triples = Rows(output.Representation, batch.Users, batch.Positives, batch.Negatives);
        var bpr = BprLoss.Forward(triples[0], triples[1], triples[2]);
        var d = parameters.Dimension;
        if (output.Modal.shape[1] <= d || parameters.Without.HasFlag(Ablations.Refinement))
            return new(bpr, null, null);

        var rows = Rows(output.Modal, batch.DistinctItems, batch.DistinctUsers, batch.Positives, batch.Users);
        Tensor? contrast = null;
        if (parameters.ContrastWeight > 0)
            contrast = Contrast(rows[0]).Plus(Contrast(rows[1])).Times(parameters.ContrastWeight);
        Tensor? orthogonality = null;
        if (parameters.OrthogonalityWeight > 0 && !parameters.Without.HasFlag(Ablations.Orthogonality))
            orthogonality = Orthogonality(rows[2]).Plus(Orthogonality(rows[3])).Times(parameters.OrthogonalityWeight);
        return new(bpr, contrast, orthogonality);

        Tensor Contrast(Tensor modal) => ContrastLoss.Forward(modal.split(d, 1), parameters.Temperature, kernels);
        Tensor Orthogonality(Tensor modal) => OrthogonalityLoss.Forward(modal.split(d, 1));
    }

    // Taken all at once, because on the way back each taking fills a gradient as large as the matrix.
    private static Tensor[] Rows(Tensor matrix, params Tensor[] nodes) =>
        matrix.index_select(0, cat(nodes, 0)).split([.. nodes.Select(n => n.shape[0])], 0);
}
