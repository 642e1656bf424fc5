using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>PReLU with one slope, from some column on; the columns before pass as they are. One pass forth and one back.</summary>
internal sealed class PReluFunction : autograd.SingleTensorFunction<PReluFunction>
{
    private const int RowsPerChunk = 256;
    private const string Slope = "slope";
    private const string FirstColumn = "first column";

    /// <inheritdoc/>
    public override string Name => nameof(PReluFunction);

    /// <summary>x where it is positive, slope * x elsewhere.</summary>
    /// <param name="x">A float32 matrix on the CPU.</param>
    /// <param name="slope">One number.</param>
    /// <param name="firstColumn">Columns before this one pass as they are.</param>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Activate(Tensor x, Tensor slope, int firstColumn = 0)
    {
        if (x.dim() != 2 || firstColumn < 0 || firstColumn > x.shape[1])
            throw new ArgumentException($"There is no column {firstColumn} to begin with in {Shape.Of(x)}.", nameof(firstColumn));
        var s = TensorMemory.Values(slope, 1)[0];
        return TensorMemory.NeedsGradient(x, slope) ? apply(x, slope, s, firstColumn) : Compute(MatrixRows.Readable(x), s, firstColumn);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = MatrixRows.Readable((Tensor)vars[0]);
        var y = Compute(x, (float)vars[2], (int)vars[3]);
        ctx.save_for_backward([x]);
        ctx.save_data(Slope, vars[2]);
        ctx.save_data(FirstColumn, vars[3]);
        return y;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var (rows, width, first) = ((int)gradient.shape[0], (int)gradient.shape[1], (int)ctx.get_data(FirstColumn));
        var dx = empty(rows, width);
        var sums = new ChunkSums(RowChunks.Count(rows, RowsPerChunk), 1);
        RowChunks.Run(
            new BackwardKernel(MatrixRows.Of(saved[0]), MatrixRows.Of(gradient), TensorMemory.Of(dx), sums, first, width, (float)ctx.get_data(Slope)),
            rows, RowsPerChunk, Step(first, width));
        return BackwardMemory.Release(ctx, [saved[0], gradient, grad_output], [dx, tensor(sums.Total()), null!, null!]);
    }

    private static unsafe Tensor Compute(Tensor x, float slope, int firstColumn)
    {
        var (rows, width) = ((int)x.shape[0], (int)x.shape[1]);
        var y = empty(rows, width);
        RowChunks.Run(new ForwardKernel(MatrixRows.Of(x), TensorMemory.Of(y), firstColumn, width, slope), rows, RowsPerChunk, Step(firstColumn, width));
        GC.KeepAlive(x);
        return y;
    }

    // Both parts of a row must be whole vectors.
    private static int Step(int firstColumn, int width) => firstColumn | width;

    private readonly unsafe struct ForwardKernel(MatrixRows x, float* y, int firstColumn, int width, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var s = TFloat.Create(slope);
            for (var row = begin; row < end; row++)
            {
                float* source = x[row], target = y + (long)row * width;
                new ReadOnlySpan<float>(source, firstColumn).CopyTo(new(target, firstColumn));
                for (var i = firstColumn; i < width; i += TFloat.Count)
                    PRelu<TFloat, TInt>.Of(TFloat.Load(source + i), s).Store(target + i);
            }
        }
    }

    private readonly unsafe struct BackwardKernel(
        MatrixRows x, MatrixRows gradient, float* dx, ChunkSums sums, int firstColumn, int width, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var s = TFloat.Create(slope);
            TFloat slopes = default;
            for (var row = begin; row < end; row++)
            {
                float* source = x[row], g = gradient[row], target = dx + (long)row * width;
                new ReadOnlySpan<float>(g, firstColumn).CopyTo(new(target, firstColumn));
                for (var i = firstColumn; i < width; i += TFloat.Count)
                    PRelu<TFloat, TInt>.Back(TFloat.Load(source + i), s, TFloat.Load(g + i), ref slopes).Store(target + i);
            }
            sums[chunk][0] = slopes.Sum;
        }
    }
}
