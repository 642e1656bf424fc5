using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// The end of eq. 14 and eq. 15: each row of what the two networks give is scaled to length 1, the mean over rows is added, a softmax over the
/// middle axis makes it a node's d x r and r x d matrices, and those transform the node's id vector. The matrices are never stored: they are
/// computed again on the way back.
/// </summary>
internal sealed class LowRankFunction : autograd.SingleTensorFunction<LowRankFunction>
{
    private const int RowsPerChunk = 128;
    private const int Alignment = 64;
    private const float Log2E = 1.44269504f;
    private const string Means = "means";

    /// <inheritdoc/>
    public override string Name => nameof(LowRankFunction);

    /// <summary>Transforms.</summary>
    /// <param name="id">Nodes x d, float32 on the CPU.</param>
    /// <param name="first">Nodes x (r * d): entry j d + i becomes row i, column j of a node's first matrix, which is transposed.</param>
    /// <param name="second">Nodes x (r * d): entry j d + i becomes row j, column i of a node's second matrix.</param>
    /// <returns>Nodes x d.</returns>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Transform(Tensor id, Tensor first, Tensor second)
    {
        if (id.dim() != 2 || first.dim() != 2 || id.shape[1] == 0 || first.shape[0] != id.shape[0] || first.shape[1] % id.shape[1] != 0
            || !first.shape.SequenceEqual(second.shape))
            throw new ArgumentException($"Vectors {Shape.Of(id)} can't be transformed by {Shape.Of(first)} and {Shape.Of(second)}.");
        return TensorMemory.NeedsGradient(id, first, second)
            ? apply(id, first, second)
            : Compute(MatrixRows.Readable(id), MatrixRows.Readable(first), MatrixRows.Readable(second)).Result;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor id = MatrixRows.Readable((Tensor)vars[0]), first = MatrixRows.Readable((Tensor)vars[1]), second = MatrixRows.Readable((Tensor)vars[2]);
        var (result, lengths, means) = Compute(id, first, second);
        ctx.save_for_backward([id, first, second, lengths]);
        ctx.save_data(Means, means);
        return result;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var (nodes, d, width) = ((int)gradient.shape[0], (int)gradient.shape[1], (int)saved[1].shape[1]);
        Tensor dId = empty(nodes, d), dFirst = empty(nodes, width), dSecond = empty(nodes, width);
        var sums = new ChunkSums(RowChunks.Count(nodes, RowsPerChunk), 2 * width);
        var means = (float[])ctx.get_data(Means);
        fixed (float* m = means)
        {
            var nodeRows = new Nodes(MatrixRows.Of(saved[0]), MatrixRows.Of(saved[1]), MatrixRows.Of(saved[2]), TensorMemory.Of(saved[3]), m, d, width / d);
            RowChunks.Run(
                new SoftmaxBackKernel(nodeRows, MatrixRows.Of(gradient), TensorMemory.Of(dId), TensorMemory.Of(dFirst), TensorMemory.Of(dSecond), sums),
                nodes, RowsPerChunk, d);
            var shares = sums.Total();
            for (var i = 0; i < shares.Length; i++)
                shares[i] /= nodes;
            fixed (float* s = shares)
                RowChunks.Run(new LengthBackKernel(nodeRows, TensorMemory.Of(dFirst), TensorMemory.Of(dSecond), s), nodes, RowsPerChunk, d);
        }
        return BackwardMemory.Release(ctx, [.. saved, gradient, grad_output], [dId, dFirst, dSecond]);
    }

    private static unsafe (Tensor Result, Tensor Lengths, float[] Means) Compute(Tensor id, Tensor first, Tensor second)
    {
        var (nodes, d, width) = ((int)id.shape[0], (int)id.shape[1], (int)first.shape[1]);
        Tensor result = empty(nodes, d), lengths = empty(nodes, 2);
        var sums = new ChunkSums(RowChunks.Count(nodes, RowsPerChunk), 2 * width);
        RowChunks.Run(new LengthKernel(MatrixRows.Of(first), MatrixRows.Of(second), TensorMemory.Of(lengths), sums, width), nodes, RowsPerChunk, d);
        var means = sums.Total();
        for (var i = 0; i < means.Length; i++)
            means[i] /= nodes;
        fixed (float* m = means)
        {
            var nodeRows = new Nodes(MatrixRows.Of(id), MatrixRows.Of(first), MatrixRows.Of(second), TensorMemory.Of(lengths), m, d, width / d);
            RowChunks.Run(new TransformKernel(nodeRows, TensorMemory.Of(result)), nodes, RowsPerChunk, d);
        }
        GC.KeepAlive(id);
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        return (result, lengths, means);
    }

    /// <summary>What forward and backward read of the nodes.</summary>
    private readonly unsafe struct Nodes(MatrixRows id, MatrixRows first, MatrixRows second, float* inverseLengths, float* means, int dimension, int rank)
    {
        public readonly MatrixRows Id = id;
        public readonly MatrixRows First = first;
        public readonly MatrixRows Second = second;
        public readonly float* InverseLengths = inverseLengths;
        public readonly int Dimension = dimension;
        public readonly int Rank = rank;

        public int Width => Dimension * Rank;

        /// <summary>One node's matrices and its transformed vector.</summary>
        /// <param name="node">Which.</param>
        /// <param name="w1">Takes the first matrix, column by column.</param>
        /// <param name="w2">Takes the second matrix, row by row.</param>
        /// <param name="inner">Takes id W1, r numbers.</param>
        /// <param name="output">Takes (id W1) W2.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Transform<TFloat, TInt>(int node, float* w1, float* w2, float* inner, float* output)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            float* x = Id[node], y1 = First[node], y2 = Second[node];
            // Entries are within 2, so that no maximum has to be subtracted.
            TFloat scale1 = TFloat.Create(InverseLengths[2 * node] * Log2E), scale2 = TFloat.Create(InverseLengths[2 * node + 1] * Log2E);
            var log2E = TFloat.Create(Log2E);
            for (var j = 0; j < Rank; j++)
            {
                var at = j * Dimension;
                TFloat sum = default, product = default;
                for (var i = 0; i < Dimension; i += TFloat.Count)
                {
                    var e = Exponential<TFloat, TInt>.Of(TFloat.MultiplyAdd(TFloat.Load(y1 + at + i), scale1, TFloat.Load(means + at + i) * log2E));
                    e.Store(w1 + at + i);
                    sum += e;
                    product = TFloat.MultiplyAdd(e, TFloat.Load(x + i), product);
                }
                var inverse = 1 / sum.Sum;
                inner[j] = product.Sum * inverse;
                var share = TFloat.Create(inverse);
                for (var i = 0; i < Dimension; i += TFloat.Count)
                    (TFloat.Load(w1 + at + i) * share).Store(w1 + at + i);
            }
            var mean2 = means + Width;
            for (var i = 0; i < Dimension; i += TFloat.Count)
            {
                TFloat sum = default, product = default;
                for (var at = i; at < Width; at += Dimension)
                {
                    var e = Exponential<TFloat, TInt>.Of(TFloat.MultiplyAdd(TFloat.Load(y2 + at), scale2, TFloat.Load(mean2 + at) * log2E));
                    e.Store(w2 + at);
                    sum += e;
                    product = TFloat.MultiplyAdd(e, TFloat.Create(inner[at / Dimension]), product);
                }
                var inverse = TFloat.Create(1) / sum;
                (product * inverse).Store(output + i);
                for (var at = i; at < Width; at += Dimension)
                    (TFloat.Load(w2 + at) * inverse).Store(w2 + at);
            }
        }
    }

    /// <summary>One over the rows' lengths, and the sums of the rows at length 1.</summary>
    private readonly unsafe struct LengthKernel(MatrixRows first, MatrixRows second, float* inverseLengths, ChunkSums sums, int width) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            fixed (float* all = sums[chunk])
                for (var row = begin; row < end; row++)
                    for (var network = 0; network < 2; network++)
                    {
                        var y = network == 0 ? first[row] : second[row];
                        var sum = all + network * width;
                        var scale = UnitRowsFunction.InverseLength(new(y, width));
                        inverseLengths[2 * row + network] = scale;
                        var s = TFloat.Create(scale);
                        for (var i = 0; i < width; i += TFloat.Count)
                            TFloat.MultiplyAdd(TFloat.Load(y + i), s, TFloat.Load(sum + i)).Store(sum + i);
                    }
        }
    }

    private readonly unsafe struct TransformKernel(Nodes nodes, float* result) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var scratch = Allocate(2 * nodes.Width + nodes.Rank);
            float* w1 = scratch, w2 = w1 + nodes.Width, inner = w2 + nodes.Width;
            for (var node = begin; node < end; node++)
                nodes.Transform<TFloat, TInt>(node, w1, w2, inner, result + (long)node * nodes.Dimension);
            NativeMemory.AlignedFree(scratch);
        }
    }

    /// <summary>Through the transform and the softmax: the gradients of the softmax's arguments, and their sums, which are those of the means.</summary>
    private readonly unsafe struct SoftmaxBackKernel(Nodes nodes, MatrixRows gradient, float* dId, float* dFirst, float* dSecond, ChunkSums sums) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var (d, width) = (nodes.Dimension, nodes.Width);
            var scratch = Allocate(2 * width + d + nodes.Rank);
            float* w1 = scratch, w2 = w1 + width, output = w2 + width, inner = output + d;
            fixed (float* sums1 = sums[chunk])
            {
                var sums2 = sums1 + width;
                for (var node = begin; node < end; node++)
                {
                    float* g = gradient[node], x = nodes.Id[node], dx = dId + (long)node * d;
                    float* d1 = dFirst + (long)node * width, d2 = dSecond + (long)node * width;
                    new Span<float>(dx, d).Clear();
                    // Most nodes are not in the batch.
                    if (!new ReadOnlySpan<float>(g, d).ContainsAnyExcept(0f))
                    {
                        new Span<float>(d1, width).Clear();
                        new Span<float>(d2, width).Clear();
                        continue;
                    }
                    nodes.Transform<TFloat, TInt>(node, w1, w2, inner, output);
                    for (var j = 0; j < nodes.Rank; j++)
                    {
                        var at = j * d;
                        var t = TFloat.Create(inner[j]);
                        TFloat sum = default;
                        for (var i = 0; i < d; i += TFloat.Count)
                        {
                            var weighted = TFloat.Load(g + i) * TFloat.Load(w2 + at + i);
                            sum += weighted;
                            var back = weighted * (t - TFloat.Load(output + i));
                            back.Store(d2 + at + i);
                            (TFloat.Load(sums2 + at + i) + back).Store(sums2 + at + i);
                        }
                        var dInner = TFloat.Create(sum.Sum);
                        for (var i = 0; i < d; i += TFloat.Count)
                        {
                            var weighted = TFloat.Load(w1 + at + i) * dInner;
                            (TFloat.Load(dx + i) + weighted).Store(dx + i);
                            var back = weighted * (TFloat.Load(x + i) - t);
                            back.Store(d1 + at + i);
                            (TFloat.Load(sums1 + at + i) + back).Store(sums1 + at + i);
                        }
                    }
                }
            }
            NativeMemory.AlignedFree(scratch);
        }
    }

    /// <summary>Through the mean, of which each row is a share, and the scaling to length 1; in place.</summary>
    private readonly unsafe struct LengthBackKernel(Nodes nodes, float* dFirst, float* dSecond, float* shares) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var width = nodes.Width;
            for (var node = begin; node < end; node++)
                for (var network = 0; network < 2; network++)
                {
                    float* y = network == 0 ? nodes.First[node] : nodes.Second[node], share = shares + network * width;
                    var target = (network == 0 ? dFirst : dSecond) + (long)node * width;
                    var inverse = nodes.InverseLengths[2 * node + network];
                    TFloat product = default;
                    for (var i = 0; i < width; i += TFloat.Count)
                    {
                        var g = TFloat.Load(target + i) + TFloat.Load(share + i);
                        g.Store(target + i);
                        product = TFloat.MultiplyAdd(g, TFloat.Load(y + i), product);
                    }
                    TFloat along = TFloat.Create(-product.Sum * inverse * inverse), scale = TFloat.Create(inverse);
                    for (var i = 0; i < width; i += TFloat.Count)
                        (TFloat.MultiplyAdd(TFloat.Load(y + i), along, TFloat.Load(target + i)) * scale).Store(target + i);
                }
        }
    }

    private static unsafe float* Allocate(int floats) => (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), Alignment);
}
