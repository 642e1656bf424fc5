using System.Numerics.Tensors;
using Rearm.Streaming.Models.ItemToItem;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Rearm.Streaming.Models.Ease;

/// <summary>B of the closed form (eq. 8): with P = G^-1, B(i, j) = -P(i, j) / P(j, j), and nothing on the diagonal. Dense.</summary>
internal sealed class EaseWeights : IItemWeights
{
    private readonly Tensor _weights;

    private EaseWeights(Tensor weights) => _weights = weights;

    /// <inheritdoc/>
    public int Items => (int)_weights.shape[0];

    /// <summary>Solves.</summary>
    /// <param name="gram">G, symmetric; its memory becomes B's.</param>
    /// <exception cref="TrainingException">G is not positive definite, because something in it is not finite or the regularization is too small.</exception>
    internal static EaseWeights Solve(Tensor gram)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        try
        {
            PositiveDefinite.Invert(gram);
        }
        catch (TrainingException e)
        {
            throw new TrainingException(
                $"The Gram matrix of {gram.shape[0]} items can't be inverted: look for huge numbers among the weights of interactions and the items' features, or raise the regularization. {e.Message}");
        }
        gram.div_(gram.diagonal().clone().neg_());
        gram.diagonal().zero_();
        if (!gram.isfinite().all().item<bool>())
            throw new TrainingException($"The weights between {gram.shape[0]} items are not all finite numbers: look for huge numbers among the weights of interactions and the items' features.");
        return new(gram.DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public void AddRow(int item, float weight, Span<float> scores) =>
        TensorPrimitives.MultiplyAdd(TensorMemory.Values(_weights, _weights.numel()).Slice(item * Items, Items), weight, scores, scores);

    /// <inheritdoc/>
    public Tensor Multiply(Tensor dense) => _weights.mm(dense);

    /// <inheritdoc/>
    public Tensor MultiplyTransposed(Tensor dense) => _weights.t().mm(dense);

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
