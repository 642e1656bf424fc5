using Rearm.Streaming.Contracts.Snapshots;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// The mean of x, G x, ..., G^L x (REARM, eq. 10-11), or their sum, by Horner: y = x + G y, L times. Nothing but the last y is kept, and the gradient
/// is the same with G transposed.
/// </summary>
internal sealed class PropagationFunction : autograd.SingleTensorFunction<PropagationFunction>
{
    private const string Transposed = "transposed";
    private const string Layers = "layers";
    private const string Scale = "scale";

    /// <inheritdoc/>
    public override string Name => nameof(PropagationFunction);

    /// <summary>The mean.</summary>
    /// <param name="matrix">G, square.</param>
    /// <param name="transposed">G'.</param>
    /// <param name="dense">x, rows x width, float32 on the CPU.</param>
    /// <param name="layers">L, 0 or more.</param>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Mean(SparseRows matrix, SparseRows transposed, Tensor dense, int layers) =>
        Propagate(matrix, transposed, dense, layers, 1f / (layers + 1));

    /// <summary>The sum.</summary>
    /// <inheritdoc cref="Mean"/>
    public static Tensor Sum(SparseRows matrix, SparseRows transposed, Tensor dense, int layers) => Propagate(matrix, transposed, dense, layers, 1);

    private static Tensor Propagate(SparseRows matrix, SparseRows transposed, Tensor dense, int layers, float scale)
    {
        if (matrix.Rows != transposed.Rows || dense.dim() != 2 || dense.shape[0] != matrix.Rows)
            throw new ArgumentException($"{Shape.Of(dense)} can't be propagated over a matrix of {matrix.Rows} x {transposed.Rows}.", nameof(dense));
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        return TensorMemory.NeedsGradient(dense) ? apply(dense, matrix, transposed, layers, scale) : Compute(matrix, dense, layers, scale);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Transposed, vars[2]);
        ctx.save_data(Layers, vars[3]);
        ctx.save_data(Scale, vars[4]);
        return Compute((SparseRows)vars[1], (Tensor)vars[0], (int)vars[3], (float)vars[4]);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var gradient = Compute((SparseRows)ctx.get_data(Transposed), grad_output, (int)ctx.get_data(Layers), (float)ctx.get_data(Scale));
        return BackwardMemory.Release(ctx, [grad_output], [gradient, null!, null!, null!, null!]);
    }

    private static unsafe Tensor Compute(SparseRows matrix, Tensor dense, int layers, float scale)
    {
        using var scope = NewDisposeScope();
        var x = dense.contiguous();
        var width = (int)x.shape[1];
        Tensor from = x, to = empty_like(x), spare = layers > 1 ? empty_like(x) : x;
        for (var layer = 1; layer <= layers; layer++)
        {
            SparseProduct.MultiplyAdd(matrix, TensorMemory.Of(from), TensorMemory.Of(x), layer == layers ? scale : 1, TensorMemory.Of(to), width);
            (from, to) = (to, layer == 1 ? spare : from);
        }
        return (layers == 0 ? x.clone() : from).MoveToOuterDisposeScope();
    }
}
