using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary><see cref="CoordinateAttention{TFloat, TInt}"/> as an operator that gradients pass through (eq. 5, 7).</summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    // Half a million exponentials at d 64.
    private const int RowsPerChunk = 128;

    // Attention pads its rows itself, so every width gets the widest vectors.
    private const int AnyWidth = 0;

    private const string Dropout = "dropout";
    private const string Scalars = "scalars";

    /// <inheritdoc/>
    public override string Name => nameof(AttentionFunction);

    /// <summary>Attends.</summary>
    /// <param name="query">What queries are made of, rows x d, float32 on the CPU.</param>
    /// <param name="source">What keys and values are made of, the same shape.</param>
    /// <param name="inWeight">Of query, key and value.</param>
    /// <param name="inBias">Of query, key and value.</param>
    /// <param name="outWeight">Of the output.</param>
    /// <param name="outBias">Of the output.</param>
    /// <param name="dropout">Share of the softmax's weights dropped, 0 to 1.</param>
    /// <param name="seed">The same seed drops the same weights.</param>
    /// <returns>Rows x d.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or the type doesn't fit.</exception>
    public static Tensor Attend(Tensor query, Tensor source, Tensor inWeight, Tensor inBias, Tensor outWeight, Tensor outBias, double dropout, long seed)
    {
        // An exception in backward would end the process, so everything is checked here.
        if (query.dim() != 2 || !query.shape.SequenceEqual(source.shape))
            throw new ArgumentException($"Queries {Shape.Of(query)} and source {Shape.Of(source)} must be matrices of one shape.");
        if (dropout is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A share from 0 to 1 is needed.");
        ReadOnlySpan<float> w = TensorMemory.Values(inWeight, 3), b = TensorMemory.Values(inBias, 3);
        var scalars = new AttentionScalars(w[0], w[1], w[2], b[0], b[1], b[2], TensorMemory.Values(outWeight, 1)[0], TensorMemory.Values(outBias, 1)[0]);
        return apply(query, source, inWeight, inBias, outWeight, outBias, scalars, new AttentionDropout(dropout, seed));
    }

    /// <inheritdoc/>
    public override unsafe Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor query = MatrixRows.Readable((Tensor)vars[0]), source = MatrixRows.Readable((Tensor)vars[1]);
        var (scalars, dropout) = ((AttentionScalars)vars[6], (AttentionDropout)vars[7]);
        var (rows, width) = ((int)query.shape[0], (int)query.shape[1]);
        Tensor result = empty(rows, width), attended = empty(rows, width), sums = empty(rows, width);
        var buffers = new AttentionBuffers
        {
            Query = MatrixRows.Of(query),
            Source = MatrixRows.Of(source),
            Attended = TensorMemory.Of(attended),
            Sums = TensorMemory.Of(sums),
            Output = TensorMemory.Of(result),
        };
        RowChunks.Run(new ForwardKernel(buffers, scalars, width, dropout), rows, RowsPerChunk, AnyWidth);
        ctx.save_for_backward([query, source, attended, sums]);
        ctx.save_data(Dropout, dropout);
        ctx.save_data(Scalars, scalars);
        return result;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var (rows, width) = ((int)gradient.shape[0], (int)gradient.shape[1]);
        Tensor dQuery = empty(rows, width), dSource = empty(rows, width);
        var buffers = new AttentionBuffers
        {
            Query = MatrixRows.Of(saved[0]),
            Source = MatrixRows.Of(saved[1]),
            Attended = TensorMemory.Of(saved[2]),
            Sums = TensorMemory.Of(saved[3]),
            Gradient = MatrixRows.Of(gradient),
            DQuery = TensorMemory.Of(dQuery),
            DSource = TensorMemory.Of(dSource),
        };
        var sums = new ChunkSums(RowChunks.Count(rows, RowsPerChunk), AttentionScalars.Count);
        var kernel = new BackwardKernel(buffers, (AttentionScalars)ctx.get_data(Scalars), sums, width, (AttentionDropout)ctx.get_data(Dropout));
        RowChunks.Run(kernel, rows, RowsPerChunk, AnyWidth);
        var scalars = sums.Total();
        List<Tensor> gradients =
            [dQuery, dSource, tensor(scalars[..3], [3, 1]), tensor(scalars[3..6]), tensor(scalars[6..7], [1, 1]), tensor(scalars[7..]), null!, null!];
        return BackwardMemory.Release(ctx, [.. saved, gradient, grad_output], gradients);
    }

    private readonly struct ForwardKernel(AttentionBuffers buffers, AttentionScalars scalars, int width, AttentionDropout dropout) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt> =>
            CoordinateAttention<TFloat, TInt>.Forward(buffers, scalars, begin, end, width, dropout);
    }

    private readonly struct BackwardKernel(AttentionBuffers buffers, AttentionScalars scalars, ChunkSums sums, int width, AttentionDropout dropout) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt> =>
            CoordinateAttention<TFloat, TInt>.Backward(buffers, scalars, sums[chunk], begin, end, width, dropout);
    }
}
