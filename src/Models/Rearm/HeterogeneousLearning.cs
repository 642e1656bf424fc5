using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 10-11: LightGCN over the user-item graph, the mean of layers 0 to L. Id and modal parts don't mix, so they are propagated side by side.
/// </summary>
internal static class HeterogeneousLearning
{
    /// <param name="nodes">Users, then items: (users + items) x width.</param>
    /// <param name="graph">The normalised bipartite graph.</param>
    /// <param name="layers">L.</param>
    internal static Tensor Forward(Tensor nodes, SparseOperator graph, int layers) => graph.MeanOfPowers(nodes, layers);
}
