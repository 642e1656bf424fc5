using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>A linear layer, x W' + b, by <see cref="DenseProduct"/> forth and back.</summary>
internal sealed class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
{
    private const string NeedsInput = "needs input";
    private const string HasBias = "has bias";

    /// <inheritdoc/>
    public override string Name => nameof(LinearFunction);

    /// <summary>Multiplies and adds.</summary>
    /// <param name="x">Rows x inputs, float32 on the CPU.</param>
    /// <param name="weight">W, outputs x inputs.</param>
    /// <param name="bias">b, outputs numbers; null: none.</param>
    /// <returns>Rows x outputs.</returns>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias)
    {
        // An exception in backward would end the process, so everything is checked here.
        if (x.dim() != 2 || weight.dim() != 2 || x.shape[1] != weight.shape[1] || (bias is not null && bias.numel() != weight.shape[0]))
            throw new ArgumentException(
                $"{Shape.Of(x)} can't be multiplied with weights {Shape.Of(weight)}{(bias is null ? "" : $" and biases {Shape.Of(bias)}")}.", nameof(x));
        if (!TensorMemory.NeedsGradient(x, weight, bias ?? weight))
            return Compute(MatrixRows.Readable(x), MatrixRows.Readable(weight), bias);
        return bias is null ? apply(x, weight, x.requires_grad) : apply(x, weight, x.requires_grad, bias);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor x = MatrixRows.Readable((Tensor)vars[0]), weight = MatrixRows.Readable((Tensor)vars[1]);
        var y = Compute(x, weight, vars.Length > 3 ? (Tensor)vars[3] : null);
        ctx.save_for_backward([x, weight]);
        ctx.save_data(NeedsInput, vars[2]);
        ctx.save_data(HasBias, vars.Length > 3);
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var dx = (bool)ctx.get_data(NeedsInput) ? Product(DenseMatrix.Of(gradient), DenseMatrix.Of(saved[1])) : null;
        List<Tensor> gradients = [dx!, WeightGradient(gradient, saved[0]), null!];
        if ((bool)ctx.get_data(HasBias))
            gradients.Add(gradient.sum([0]));
        return BackwardMemory.Release(ctx, [.. saved, gradient, grad_output], gradients);
    }

    // Threads share out a product's rows, so the longer side has to be those.
    private static Tensor WeightGradient(Tensor gradient, Tensor x)
    {
        DenseMatrix g = DenseMatrix.Of(gradient), inputs = DenseMatrix.Of(x);
        if (g.Columns >= inputs.Columns)
            return Product(g.Transposed, inputs);
        using var transposed = Product(inputs.Transposed, g);
        return transposed.t().contiguous();
    }

    private static Tensor Compute(Tensor x, Tensor weight, Tensor? bias)
    {
        DenseMatrix a = DenseMatrix.Of(x), b = DenseMatrix.Of(weight).Transposed;
        var y = empty(a.Rows, b.Columns);
        if (bias is not null)
            y.copy_(bias.detach());
        DenseProduct.Multiply(a, b, DenseMatrix.Of(y), adds: bias is not null);
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        return y;
    }

    private static Tensor Product(DenseMatrix a, DenseMatrix b)
    {
        var product = empty(a.Rows, b.Columns);
        DenseProduct.Multiply(a, b, DenseMatrix.Of(product));
        return product;
    }
}
