using Rearm.Streaming.Contracts.Snapshots;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>y = G x as an operator that gradients pass through: the gradient of x is G' times that of y.</summary>
internal sealed class SparseFunction : autograd.SingleTensorFunction<SparseFunction>
{
    private const string Transposed = "transposed";

    /// <inheritdoc/>
    public override string Name => nameof(SparseFunction);

    /// <summary>Multiplies.</summary>
    /// <param name="matrix">G, rows x columns.</param>
    /// <param name="transposed">G', columns x rows.</param>
    /// <param name="dense">x, columns x width, float32 on the CPU.</param>
    /// <returns>y, rows x width.</returns>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Multiply(SparseRows matrix, SparseRows transposed, Tensor dense)
    {
        // An exception in backward would end the process, so everything is checked here.
        if (dense.dim() != 2 || dense.shape[0] != transposed.Rows)
            throw new ArgumentException($"A sparse matrix of {matrix.Rows} x {transposed.Rows} can't be multiplied with {Shape.Of(dense)}.", nameof(dense));
        return TensorMemory.NeedsGradient(dense) ? apply(dense, matrix, transposed) : Product(matrix, dense);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Transposed, vars[2]);
        return Product((SparseRows)vars[1], (Tensor)vars[0]);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        BackwardMemory.Release(ctx, [grad_output], [Product((SparseRows)ctx.get_data(Transposed), grad_output), null!, null!]);

    private static unsafe Tensor Product(SparseRows matrix, Tensor dense)
    {
        using var source = dense.contiguous();
        var width = (int)source.shape[1];
        var product = empty(matrix.Rows, width);
        SparseProduct.Multiply(matrix, TensorMemory.Of(source), TensorMemory.Of(product), width);
        return product;
    }
}
