using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.LightGcn;

/// <summary>
/// LightGCN: embeddings over the user-item graph (eq. 3, 7), the mean of layers 0 to K (eq. 4 with alpha = 1 / (K + 1)). X. He et al., "LightGCN:
/// Simplifying and Powering Graph Convolution Network for Recommendation", SIGIR 2020, https://arxiv.org/abs/2002.02126. An edge has its pair's weight
/// (<see cref="InteractionWeights.Bipartite"/>); where all weigh the same it is the paper's. The loss is eq. 15.
/// </summary>
internal sealed class LightGcnModel(int users, int items, int dimension, int layers, int seed, ScalarType dtype, Device device)
    : EmbeddingModel("lightgcn", users, items, dimension, seed, dtype, device)
{
    /// <inheritdoc/>
    internal override SparseOperator Graph(GraphSnapshot snapshot, ScalarType dtype, Device device) => new(
        InteractionWeights.Bipartite(snapshot.Interactions, snapshot.Items), snapshot.Users + snapshot.Items, dtype, device, KernelMode.Auto);

    /// <inheritdoc/>
    public override Tensor forward(SparseOperator? graph) => graph!.MeanOfPowers(cat([Users, Items], 0), layers);
}
