using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>Eq. 4: n layers of h = G h over users or over items, the last one taken, then each whole row scaled to length 1.</summary>
internal static class HomogeneousLearning
{
    /// <param name="features">id | modality | modality ..., nodes x (1 + modalities) d.</param>
    /// <param name="graph">Null: left out, rows are only scaled.</param>
    /// <param name="layers">n.</param>
    internal static Tensor Forward(Tensor features, SparseOperator? graph, int layers)
    {
        var h = features;
        for (var layer = 0; graph is not null && layer < layers; layer++)
            h = graph.Multiply(h);
        return nn.functional.normalize(h, p: 2, dim: 1);
    }
}
