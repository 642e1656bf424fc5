using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Bpr;

/// <summary>
/// BPR-MF: a score is the inner product of two vectors (4.3.1). S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian Personalized
/// Ranking from Implicit Feedback", UAI 2009, https://arxiv.org/abs/1205.2618. What is minimised is BPR-Opt (4.1) in batches.
/// </summary>
internal sealed class BprModel(int users, int items, int dimension, int seed, ScalarType dtype, Device device)
    : EmbeddingModel("bpr", users, items, dimension, seed, dtype, device)
{
    /// <inheritdoc/>
    public override Tensor forward(SparseOperator? graph) => cat([Users, Items], 0);
}
