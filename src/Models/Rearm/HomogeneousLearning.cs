using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 4: n layers of h = G h over users or over items, the last one taken, then each whole row scaled to length 1. That is what gives an id and the modalities
/// their shares of a row. Ids alone keep their lengths: at length 1 scores can differ so little that hardly anything is learned.
/// </summary>
internal static class HomogeneousLearning
{
    /// <param name="features">id | modality | modality ..., nodes x (1 + modalities) d.</param>
    /// <param name="graph">Null: left out, rows are only scaled.</param>
    /// <param name="layers">n.</param>
    /// <param name="hasModalities">Whether there is any beside the id.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal static Tensor Forward(Tensor features, SparseOperator? graph, int layers, bool hasModalities, KernelMode kernels)
    {
        var h = features;
        for (var layer = 0; graph is not null && layer < layers; layer++)
            h = graph.Multiply(h);
        return hasModalities ? UnitRows.Of(h, kernels) : h;
    }
}
