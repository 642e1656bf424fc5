using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>PReLU(layer norm(x + attended)) by row (eq. 6, 9), in one pass forth and one back.</summary>
internal sealed class NormActivationFunction : autograd.SingleTensorFunction<NormActivationFunction>
{
    private const int RowsPerChunk = 256;
    private const string Slope = "slope";
    private const string Epsilon = "epsilon";

    /// <inheritdoc/>
    public override string Name => nameof(NormActivationFunction);

    /// <summary>Adds, normalises and activates.</summary>
    /// <param name="x">Rows x d, float32 on the CPU.</param>
    /// <param name="attended">The same shape.</param>
    /// <param name="weight">Of the layer norm, d.</param>
    /// <param name="bias">Of the layer norm, d.</param>
    /// <param name="slope">Of PReLU, one number.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Apply(Tensor x, Tensor attended, Tensor weight, Tensor bias, Tensor slope, double epsilon)
    {
        if (x.dim() != 2 || !x.shape.SequenceEqual(attended.shape))
            throw new ArgumentException($"The terms {Shape.Of(x)} and {Shape.Of(attended)} must be matrices of one shape.");
        TensorMemory.Values(weight, x.shape[1]);
        TensorMemory.Values(bias, x.shape[1]);
        return apply(x, attended, weight, bias, slope, TensorMemory.Values(slope, 1)[0], (float)epsilon);
    }

    /// <inheritdoc/>
    public override unsafe Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor x = MatrixRows.Readable((Tensor)vars[0]), attended = MatrixRows.Readable((Tensor)vars[1]), weight = (Tensor)vars[2], bias = (Tensor)vars[3];
        var (rows, width) = ((int)x.shape[0], (int)x.shape[1]);
        var y = empty(rows, width);
        fixed (float* w = TensorMemory.Values(weight, width), b = TensorMemory.Values(bias, width))
            RowChunks.Run(
                new ForwardKernel(new(MatrixRows.Of(x), MatrixRows.Of(attended), w, b, width, (float)vars[6]), TensorMemory.Of(y), (float)vars[5]),
                rows, RowsPerChunk, width);
        ctx.save_for_backward([x, attended, weight, bias]);
        ctx.save_data(Slope, vars[5]);
        ctx.save_data(Epsilon, vars[6]);
        return y;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var (rows, width) = ((int)gradient.shape[0], (int)gradient.shape[1]);
        var dx = empty(rows, width);
        var sums = new ChunkSums(RowChunks.Count(rows, RowsPerChunk), 2 * width + 1);
        fixed (float* w = TensorMemory.Values(saved[2], width), b = TensorMemory.Values(saved[3], width))
            RowChunks.Run(
                new BackwardKernel(
                    new(MatrixRows.Of(saved[0]), MatrixRows.Of(saved[1]), w, b, width, (float)ctx.get_data(Epsilon)),
                    MatrixRows.Of(gradient), TensorMemory.Of(dx), sums, (float)ctx.get_data(Slope)),
                rows, RowsPerChunk, width);
        var total = sums.Total();
        List<Tensor> gradients = [dx, dx.alias(), tensor(total[..width]), tensor(total[width..^1]), tensor(total[^1..]), null!, null!];
        return BackwardMemory.Release(ctx, [.. saved, gradient, grad_output], gradients);
    }

    /// <summary>The layer norm without its weight and bias.</summary>
    private readonly unsafe struct Norm(MatrixRows x, MatrixRows attended, float* weight, float* bias, int width, float epsilon)
    {
        public readonly float* Weight = weight;
        public readonly float* Bias = bias;
        public readonly int Width = width;

        /// <returns>One over the standard deviation.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Row<TFloat, TInt>(int row, float* normal)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            float* a = x[row], b = attended[row];
            TFloat sum = default, squares = default;
            for (var i = 0; i < Width; i += TFloat.Count)
            {
                var u = TFloat.Load(a + i) + TFloat.Load(b + i);
                sum += u;
                u.Store(normal + i);
            }
            var mean = TFloat.Create(sum.Sum / Width);
            for (var i = 0; i < Width; i += TFloat.Count)
            {
                var u = TFloat.Load(normal + i) - mean;
                squares = TFloat.MultiplyAdd(u, u, squares);
                u.Store(normal + i);
            }
            var inverse = 1 / MathF.Sqrt(squares.Sum / Width + epsilon);
            var scale = TFloat.Create(inverse);
            for (var i = 0; i < Width; i += TFloat.Count)
                (TFloat.Load(normal + i) * scale).Store(normal + i);
            return inverse;
        }
    }

    private readonly unsafe struct ForwardKernel(Norm norm, float* y, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var s = TFloat.Create(slope);
            for (var row = begin; row < end; row++)
            {
                var target = y + (long)row * norm.Width;
                norm.Row<TFloat, TInt>(row, target);
                for (var i = 0; i < norm.Width; i += TFloat.Count)
                {
                    var n = TFloat.MultiplyAdd(TFloat.Load(target + i), TFloat.Load(norm.Weight + i), TFloat.Load(norm.Bias + i));
                    PRelu<TFloat, TInt>.Of(n, s).Store(target + i);
                }
            }
        }
    }

    // Sums: gradients of weight, bias and slope.
    private readonly unsafe struct BackwardKernel(Norm norm, MatrixRows gradient, float* dx, ChunkSums sums, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var width = norm.Width;
            var normal = stackalloc float[width];
            var s = TFloat.Create(slope);
            TFloat slopes = default;
            fixed (float* weights = sums[chunk])
            {
                var biases = weights + width;
                for (var row = begin; row < end; row++)
                {
                    float* g = gradient[row], target = dx + (long)row * width;
                    var inverse = norm.Row<TFloat, TInt>(row, normal);
                    TFloat sum = default, product = default;
                    for (var i = 0; i < width; i += TFloat.Count)
                    {
                        TFloat h = TFloat.Load(normal + i), w = TFloat.Load(norm.Weight + i);
                        var d = PRelu<TFloat, TInt>.Back(TFloat.MultiplyAdd(h, w, TFloat.Load(norm.Bias + i)), s, TFloat.Load(g + i), ref slopes);
                        TFloat.MultiplyAdd(d, h, TFloat.Load(weights + i)).Store(weights + i);
                        (TFloat.Load(biases + i) + d).Store(biases + i);
                        d *= w;
                        sum += d;
                        product = TFloat.MultiplyAdd(d, h, product);
                        d.Store(target + i);
                    }
                    TFloat mean = TFloat.Create(sum.Sum / width), along = TFloat.Create(product.Sum / width), scale = TFloat.Create(inverse);
                    for (var i = 0; i < width; i += TFloat.Count)
                        (scale * (TFloat.Load(target + i) - mean - along * TFloat.Load(normal + i))).Store(target + i);
                }
            }
            sums[chunk][2 * width] = slopes.Sum;
        }
    }
}
