using System.Buffers;
using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// How likely the rows of b are under normal distributions that small networks make of the rows of a: mean W2 relu(W1 a + c1) + c2, and logarithm of the
/// variance the tanh of the same with weights of its own. The loss and the gradients of all weights in one pass over the rows, which are kept transposed in
/// blocks, so that any widths will do. Not for several threads at once.
/// </summary>
internal sealed class GaussianLikelihood
{
    /// <summary>Rows of a block.</summary>
    private const int Block = 128;

    private const int BlocksPerChunk = 4;

    // Vectors of rows that share a weight in a register.
    private const int Together = 4;

    private const float Log2E = 1.44269504f;

    private readonly float[] _a;
    private readonly float[] _b;
    private readonly int _rows;
    private readonly int _width;
    private readonly int _hidden;
    private readonly ChunkSums _sums;

    /// <param name="a">Row-major, rows x width.</param>
    /// <param name="b">Row-major, rows x width.</param>
    /// <param name="width">Numbers in a row of either, at least 1.</param>
    /// <param name="hidden">Width between the layers, at least 1.</param>
    /// <exception cref="ArgumentException">The shapes don't fit.</exception>
    public GaussianLikelihood(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int width, int hidden)
    {
        if (a.Length != b.Length || a.Length % width != 0)
            throw new ArgumentException($"{a.Length} and {b.Length} numbers are no two matrices of one shape, {width} wide.");
        (_rows, _width, _hidden) = (a.Length / width, width, hidden);
        (_a, _b) = (Transposed(a, width), Transposed(b, width));
        _sums = new ChunkSums(RowChunks.Count(RowChunks.Count(_rows, Block), BlocksPerChunk), Weights + 1);
    }

    /// <summary>Numbers of all weights: W1, c1, W2, c2 of the mean, then those of the variance; W1 hidden x width, W2 width x hidden.</summary>
    public int Weights => 2 * (2 * _width * _hidden + _width + _hidden);

    /// <summary>Half the sum over rows and columns of (mean - b)^2 / variance + log variance, times a number.</summary>
    /// <param name="weights">As in <see cref="Weights"/>.</param>
    /// <param name="scale">The number.</param>
    /// <param name="gradients">Filled in, in the order of the weights.</param>
    /// <exception cref="ArgumentException">These are not as many weights.</exception>
    public unsafe double Loss(ReadOnlySpan<float> weights, float scale, Span<float> gradients)
    {
        if (weights.Length != Weights || gradients.Length != Weights)
            throw new ArgumentException($"{Weights} weights and gradients are needed, not {weights.Length} and {gradients.Length}.");
        var blocks = RowChunks.Count(_rows, Block);
        _sums.Clear();
        fixed (float* a = _a, b = _b, w = weights)
            RowChunks.Run(new Kernel(a, b, w, _sums, _rows, _width, _hidden, scale), blocks, BlocksPerChunk, Block);
        var total = _sums.Total();
        total.AsSpan(0, Weights).CopyTo(gradients);
        return total[Weights];
    }

    private static float[] Transposed(ReadOnlySpan<float> rows, int width)
    {
        var count = rows.Length / width;
        var blocks = new float[RowChunks.Count(count, Block) * Block * width];
        for (var row = 0; row < count; row++)
            for (var column = 0; column < width; column++)
                blocks[(row / Block * width + column) * Block + row % Block] = rows[row * width + column];
        return blocks;
    }

    /// <summary>One of the two networks: its weights, or their gradients, and what it has between its layers.</summary>
    private unsafe ref struct Network(float* weights, float* gradients, float* inner, float* innerGradients, int width, int hidden)
    {
        public readonly float* FirstWeights = weights;
        public readonly float* FirstBias = weights + width * hidden;
        public readonly float* SecondWeights = weights + width * hidden + hidden;
        public readonly float* SecondBias = weights + 2 * width * hidden + hidden;
        public readonly float* FirstWeightGradients = gradients;
        public readonly float* FirstBiasGradients = gradients + width * hidden;
        public readonly float* SecondWeightGradients = gradients + width * hidden + hidden;
        public readonly float* SecondBiasGradients = gradients + 2 * width * hidden + hidden;
        public readonly float* Inner = inner;
        public readonly float* InnerGradients = innerGradients;
    }

    private readonly unsafe struct Kernel(float* a, float* b, float* weights, ChunkSums sums, int rows, int width, int hidden, float scale) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var size = 2 * width * hidden + width + hidden;
            var memory = ArrayPool<float>.Shared.Rent((4 * hidden + 3) * Block);
            fixed (float* gradients = sums[chunk], scratch = memory)
            {
                var mean = new Network(weights, gradients, scratch, scratch + hidden * Block, width, hidden);
                var variance = new Network(weights + size, gradients + size, scratch + 2 * hidden * Block, scratch + 3 * hidden * Block, width, hidden);
                float* meanOut = scratch + 4 * hidden * Block, varianceOut = meanOut + Block, real = varianceOut + Block;
                for (var block = begin; block < end; block++)
                {
                    float* x = a + (long)block * width * Block, y = b + (long)block * width * Block;
                    var filled = Math.Min(Block, rows - block * Block);
                    for (var row = 0; row < Block; row++)
                        real[row] = row < filled ? scale : 0;
                    First<TFloat, TInt>(mean, x);
                    First<TFloat, TInt>(variance, x);
                    for (var column = 0; column < width; column++)
                    {
                        Affine<TFloat, TInt>(mean.Inner, mean.SecondWeights + column * hidden, mean.SecondBias[column], hidden, meanOut);
                        Affine<TFloat, TInt>(variance.Inner, variance.SecondWeights + column * hidden, variance.SecondBias[column], hidden, varianceOut);
                        gradients[2 * size] += Likelihood<TFloat, TInt>(meanOut, varianceOut, y + column * Block, real);
                        SecondBack<TFloat, TInt>(mean, meanOut, column);
                        SecondBack<TFloat, TInt>(variance, varianceOut, column);
                    }
                    FirstBack<TFloat, TInt>(mean, x);
                    FirstBack<TFloat, TInt>(variance, x);
                }
            }
            ArrayPool<float>.Shared.Return(memory);
        }

        private void First<TFloat, TInt>(Network network, float* x)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            for (var h = 0; h < hidden; h++)
            {
                var inner = network.Inner + h * Block;
                Affine<TFloat, TInt>(x, network.FirstWeights + h * width, network.FirstBias[h], width, inner);
                for (var row = 0; row < Block; row += TFloat.Count)
                    TFloat.Max(TFloat.Load(inner + row), default).Store(inner + row);
            }
            new Span<float>(network.InnerGradients, hidden * Block).Clear();
        }

        private void SecondBack<TFloat, TInt>(Network network, float* gradient, int column)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            network.SecondBiasGradients[column] += Sum<TFloat, TInt>(gradient);
            for (var h = 0; h < hidden; h++)
            {
                var at = column * hidden + h;
                network.SecondWeightGradients[at] += DotAndAdd<TFloat, TInt>(gradient, network.Inner + h * Block, network.SecondWeights[at], network.InnerGradients + h * Block);
            }
        }

        private void FirstBack<TFloat, TInt>(Network network, float* x)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            for (var h = 0; h < hidden; h++)
            {
                float* inner = network.Inner + h * Block, gradient = network.InnerGradients + h * Block;
                for (var row = 0; row < Block; row += TFloat.Count)
                    (TFloat.Greater(TFloat.Load(inner + row), default(TFloat)) & TFloat.Load(gradient + row)).Store(gradient + row);
                network.FirstBiasGradients[h] += Sum<TFloat, TInt>(gradient);
                for (var column = 0; column < width; column++)
                    network.FirstWeightGradients[h * width + column] += Dot<TFloat, TInt>(gradient, x + column * Block);
            }
        }

        /// <summary>Mean and variance give way to their gradients.</summary>
        [MethodImpl(Loop.Options)]
        private static float Likelihood<TFloat, TInt>(float* mean, float* variance, float* y, float* weight)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            TFloat one = TFloat.Create(1), half = TFloat.Create(0.5f), two = TFloat.Create(2), losses = default;
            TFloat twice = TFloat.Create(2 * Log2E), negative = TFloat.Create(-Log2E), highest = TFloat.Create(20);
            for (var row = 0; row < Block; row += TFloat.Count)
            {
                var w = TFloat.Load(weight + row);
                var power = Exponential<TFloat, TInt>.Of(TFloat.Min(TFloat.Load(variance + row), highest) * twice);
                var logVariance = one - two / (power + one);
                var difference = TFloat.Load(mean + row) - TFloat.Load(y + row);
                var scaled = difference * Exponential<TFloat, TInt>.Of(logVariance * negative);
                var square = difference * scaled;
                losses = TFloat.MultiplyAdd((square + logVariance) * half, w, losses);
                (scaled * w).Store(mean + row);
                ((one - square) * half * w * (one - logVariance * logVariance)).Store(variance + row);
            }
            return losses.Sum;
        }

        /// <summary>Of each row bias + sum of weight i * input i.</summary>
        [MethodImpl(Loop.Options)]
        private static void Affine<TFloat, TInt>(float* input, float* weight, float bias, int inputs, float* output)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            for (var row = 0; row < Block; row += Together * TFloat.Count)
            {
                TFloat s0 = TFloat.Create(bias), s1 = s0, s2 = s0, s3 = s0;
                var from = input + row;
                for (var i = 0; i < inputs; i++, from += Block)
                {
                    var w = TFloat.Create(weight[i]);
                    s0 = TFloat.MultiplyAdd(w, TFloat.Load(from), s0);
                    s1 = TFloat.MultiplyAdd(w, TFloat.Load(from + TFloat.Count), s1);
                    s2 = TFloat.MultiplyAdd(w, TFloat.Load(from + 2 * TFloat.Count), s2);
                    s3 = TFloat.MultiplyAdd(w, TFloat.Load(from + 3 * TFloat.Count), s3);
                }
                s0.Store(output + row);
                s1.Store(output + row + TFloat.Count);
                s2.Store(output + row + 2 * TFloat.Count);
                s3.Store(output + row + 3 * TFloat.Count);
            }
        }

        /// <summary>The inner product of gradient and input; the input's gradient grows by weight * gradient.</summary>
        [MethodImpl(Loop.Options)]
        private static float DotAndAdd<TFloat, TInt>(float* gradient, float* input, float weight, float* inputGradient)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            TFloat w = TFloat.Create(weight), s0 = default, s1 = default;
            for (var row = 0; row < Block; row += 2 * TFloat.Count)
            {
                TFloat g0 = TFloat.Load(gradient + row), g1 = TFloat.Load(gradient + row + TFloat.Count);
                s0 = TFloat.MultiplyAdd(g0, TFloat.Load(input + row), s0);
                s1 = TFloat.MultiplyAdd(g1, TFloat.Load(input + row + TFloat.Count), s1);
                TFloat.MultiplyAdd(w, g0, TFloat.Load(inputGradient + row)).Store(inputGradient + row);
                TFloat.MultiplyAdd(w, g1, TFloat.Load(inputGradient + row + TFloat.Count)).Store(inputGradient + row + TFloat.Count);
            }
            return (s0 + s1).Sum;
        }

        [MethodImpl(Loop.Options)]
        private static float Dot<TFloat, TInt>(float* x, float* y)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            TFloat s0 = default, s1 = default;
            for (var row = 0; row < Block; row += 2 * TFloat.Count)
            {
                s0 = TFloat.MultiplyAdd(TFloat.Load(x + row), TFloat.Load(y + row), s0);
                s1 = TFloat.MultiplyAdd(TFloat.Load(x + row + TFloat.Count), TFloat.Load(y + row + TFloat.Count), s1);
            }
            return (s0 + s1).Sum;
        }

        [MethodImpl(Loop.Options)]
        private static float Sum<TFloat, TInt>(float* x)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            TFloat sum = default;
            for (var row = 0; row < Block; row += TFloat.Count)
                sum += TFloat.Load(x + row);
            return sum.Sum;
        }
    }
}
