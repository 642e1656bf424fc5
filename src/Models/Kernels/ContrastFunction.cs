using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// InfoNCE between the rows of two matrices (eq. 12): the mean over rows i of log sum_j exp(a_i b_j / tau) - a_i b_i / tau. The rows x rows
/// scores exist only for some rows at a time, and gradients are computed while they do.
/// </summary>
internal sealed class ContrastFunction : autograd.SingleTensorFunction<ContrastFunction>
{
    // The scores of so many rows stay in the cache.
    private const int RowsAtOnce = 256;

    private const int RowsPerChunk = 16;
    private const float Log2E = 1.44269504f;

    /// <inheritdoc/>
    public override string Name => nameof(ContrastFunction);

    /// <summary>The loss.</summary>
    /// <param name="a">n x d, float32 on the CPU.</param>
    /// <param name="b">The same shape.</param>
    /// <param name="temperature">tau, positive.</param>
    /// <returns>One number.</returns>
    /// <exception cref="ArgumentException">The shapes, the type or the temperature don't fit.</exception>
    public static Tensor Loss(Tensor a, Tensor b, double temperature)
    {
        if (a.dim() != 2 || a.shape[0] == 0 || !a.shape.SequenceEqual(b.shape))
            throw new ArgumentException($"{Shape.Of(a)} and {Shape.Of(b)} must be matrices of one shape with at least one row.");
        if (temperature <= 0)
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A positive number is needed.");
        return TensorMemory.NeedsGradient(a, b) ? apply(a, b, (float)temperature) : Compute(a, b, (float)temperature, null);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (a, b) = ((Tensor)vars[0], (Tensor)vars[1]);
        Tensor[] gradients = [empty_like(a), zeros_like(b)];
        var loss = Compute(a, b, (float)vars[2], gradients);
        ctx.save_for_backward([.. gradients]);
        return loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        return BackwardMemory.Release(ctx, [.. saved, grad_output], [saved[0] * grad_output, saved[1] * grad_output, null!]);
    }

    // With p the softmax of a row's scores, the gradient of a_i is sum_j p_ij b_j - b_i, that of b_j sum_i p_ij a_i - a_j, both over n tau.
    private static unsafe Tensor Compute(Tensor first, Tensor second, float temperature, Tensor[]? gradients)
    {
        using var scope = NewDisposeScope();
        Tensor a = first.detach().contiguous(), b = second.detach().contiguous();
        var (rows, width) = ((int)a.shape[0], (int)a.shape[1]);
        var losses = new float[rows];
        for (var start = 0; start < rows; start += RowsAtOnce)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(RowsAtOnce, rows - start);
            var some = a.narrow(0, start, count);
            var scores = empty(count, rows);
            DenseProduct.Multiply(DenseMatrix.Of(some), DenseMatrix.Of(b).Transposed, DenseMatrix.Of(scores));
            RowChunks.Run(new SoftmaxKernel(TensorMemory.Of(scores), losses, start, rows, Log2E / temperature), count, RowsPerChunk, Floats16.Count);
            if (gradients is not null)
            {
                DenseProduct.Multiply(DenseMatrix.Of(scores), DenseMatrix.Of(b), DenseMatrix.Of(gradients[0].narrow(0, start, count)));
                DenseProduct.Multiply(DenseMatrix.Of(scores).Transposed, DenseMatrix.Of(some), DenseMatrix.Of(gradients[1]), adds: true);
            }
        }
        float* pa = TensorMemory.Of(a), pb = TensorMemory.Of(b);
        var loss = 0.0;
        for (var row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> x = new(pa + (long)row * width, width), y = new(pb + (long)row * width, width);
            loss += losses[row] - TensorPrimitives.Dot(x, y) / temperature;
        }
        if (gradients is not null)
        {
            gradients[0].sub_(b).Divide(rows * temperature);
            gradients[1].sub_(a).Divide(rows * temperature);
        }
        return tensor((float)(loss / rows)).MoveToOuterDisposeScope();
    }

    /// <summary>Each row's softmax in place of its scores, and the logarithm of its denominator.</summary>
    private readonly unsafe struct SoftmaxKernel(float* scores, float[] logSums, int firstRow, int width, float scale) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            for (var row = begin; row < end; row++)
            {
                var values = scores + (long)row * width;
                Span<float> span = new(values, width);
                var top = TensorPrimitives.Max<float>(span) * scale;
                var whole = width / TFloat.Count * TFloat.Count;
                var sum = Exponentials<TFloat, TInt>(values, 0, whole, top) + Exponentials<Floats1, Ints1>(values, whole, width, top);
                TensorPrimitives.Multiply(span, 1 / sum, span);
                logSums[firstRow + row] = MathF.Log(sum) + top / Log2E;
            }
        }

        [MethodImpl(Loop.Options)]
        private float Exponentials<TFloat, TInt>(float* values, int begin, int end, float top)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            TFloat s = TFloat.Create(scale), t = TFloat.Create(-top), sum = default;
            for (var i = begin; i < end; i += TFloat.Count)
            {
                var e = Exponential<TFloat, TInt>.Of(TFloat.MultiplyAdd(TFloat.Load(values + i), s, t));
                e.Store(values + i);
                sum += e;
            }
            return sum.Sum;
        }
    }
}
