using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>
/// Eq. 22: bpr + l_cl (items + users) + l_ort (items + users). AdamW's decoupled decay stands for the L2 term. With one modality
/// there is nothing to contrast: bpr alone.
/// </summary>
internal static class RearmLoss
{
    internal static Tensor Forward(RearmOutput output, BatchIndices batch, RearmHyperParameters parameters) =>
        Terms(output, batch, parameters).Total;

    internal static LossTerms Terms(RearmOutput output, BatchIndices batch, RearmHyperParameters parameters)
    {
        var vectors = output.Representation;
        var bpr = BprLoss.Forward(Rows(vectors, batch.Users), Rows(vectors, batch.Positives), Rows(vectors, batch.Negatives));
        var refined = output.Modal.Length > 1 && !parameters.Without.HasFlag(Ablations.Refinement);

        Tensor? contrast = null;
        if (refined && parameters.ContrastWeight > 0)
            contrast = parameters.ContrastWeight * (Contrast(batch.DistinctItems) + Contrast(batch.DistinctUsers));
        Tensor? orthogonality = null;
        if (refined && parameters.OrthogonalityWeight > 0 && !parameters.Without.HasFlag(Ablations.Orthogonality))
            orthogonality = parameters.OrthogonalityWeight * (Orthogonality(batch.Positives) + Orthogonality(batch.Users));
        return new(bpr, contrast, orthogonality);

        Tensor Contrast(Tensor nodes) => ContrastLoss.Forward(Parts(nodes), parameters.Temperature);
        Tensor Orthogonality(Tensor nodes) => OrthogonalityLoss.Forward(Parts(nodes));
        Tensor[] Parts(Tensor nodes) => [.. output.Modal.Select(m => Rows(m, nodes))];
    }

    private static Tensor Rows(Tensor matrix, Tensor nodes) => matrix.index_select(0, nodes);
}
