using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Each row scaled to length 1, in one pass forth and one back.</summary>
internal sealed class UnitRowsFunction : autograd.SingleTensorFunction<UnitRowsFunction>
{
    // As in torch's normalize: shorter rows are divided by this.
    private const float Shortest = 1e-12f;

    private const int RowsPerChunk = 256;

    /// <inheritdoc/>
    public override string Name => nameof(UnitRowsFunction);

    /// <summary>Scales.</summary>
    /// <param name="x">A float32 matrix on the CPU.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static Tensor Scale(Tensor x)
    {
        if (x.dim() != 2)
            throw new ArgumentException($"A matrix is needed, not {Shape.Of(x)}.", nameof(x));
        return TensorMemory.NeedsGradient(x) ? apply(x) : Compute(MatrixRows.Readable(x));
    }

    /// <summary>1 / length of a row.</summary>
    internal static float InverseLength(ReadOnlySpan<float> row) => 1 / Math.Max(TensorPrimitives.Norm(row), Shortest);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = MatrixRows.Readable((Tensor)vars[0]);
        ctx.save_for_backward([x]);
        return Compute(x);
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var (rows, width) = ((int)gradient.shape[0], (int)gradient.shape[1]);
        var dx = empty(rows, width);
        RowChunks.Run(new BackwardKernel(MatrixRows.Of(saved[0]), MatrixRows.Of(gradient), TensorMemory.Of(dx), width), rows, RowsPerChunk, width);
        return BackwardMemory.Release(ctx, [saved[0], gradient, grad_output], [dx]);
    }

    private static unsafe Tensor Compute(Tensor x)
    {
        var (rows, width) = ((int)x.shape[0], (int)x.shape[1]);
        var y = empty(rows, width);
        var (source, target) = (MatrixRows.Of(x), MatrixRows.Of(y));
        RowChunks.Run(rows, RowsPerChunk, (_, begin, end) =>
        {
            for (var row = begin; row < end; row++)
            {
                var from = new ReadOnlySpan<float>(source[row], width);
                TensorPrimitives.Multiply(from, InverseLength(from), new(target[row], width));
            }
        });
        GC.KeepAlive(x);
        return y;
    }

    // With u the row of length 1: (g - (g u) u) / length.
    private readonly unsafe struct BackwardKernel(MatrixRows x, MatrixRows gradient, float* dx, int width) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            for (var row = begin; row < end; row++)
            {
                float* source = x[row], g = gradient[row], target = dx + (long)row * width;
                var scale = InverseLength(new(source, width));
                var along = TFloat.Create(-scale * scale * TensorPrimitives.Dot(new ReadOnlySpan<float>(source, width), new(g, width)));
                var inverse = TFloat.Create(scale);
                for (var i = 0; i < width; i += TFloat.Count)
                    (TFloat.MultiplyAdd(TFloat.Load(source + i), along, TFloat.Load(g + i)) * inverse).Store(target + i);
            }
        }
    }
}
