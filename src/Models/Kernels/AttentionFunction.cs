using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary><see cref="CoordinateAttention"/> as an operator that gradients pass through.</summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    private const string Dropout = "dropout";

    /// <inheritdoc/>
    public override string Name => nameof(AttentionFunction);

    /// <summary>Attends.</summary>
    /// <param name="q">Queries, rows x d, float32 on the CPU.</param>
    /// <param name="k">Keys, the same shape.</param>
    /// <param name="v">Values, the same shape.</param>
    /// <param name="dropout">Share of the softmax's weights dropped, 0 to 1.</param>
    /// <param name="seed">The same seed drops the same weights.</param>
    /// <returns>Rows x d.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or the type doesn't fit.</exception>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, double dropout, long seed)
    {
        // An exception in backward would end the process, so everything is checked here.
        if (q.dim() != 2 || !q.shape.SequenceEqual(k.shape) || !q.shape.SequenceEqual(v.shape))
            throw new ArgumentException($"Queries [{string.Join(", ", q.shape)}], keys [{string.Join(", ", k.shape)}] and values [{string.Join(", ", v.shape)}] must be matrices of one shape.");
        if (dropout is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A share from 0 to 1 is needed.");
        return apply(q, k, v, new AttentionDropout(dropout, seed));
    }

    /// <inheritdoc/>
    public override unsafe Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (q, k, v) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous());
        var dropout = (AttentionDropout)vars[3];
        var (rows, width) = ((int)q.shape[0], (int)q.shape[1]);
        Tensor output = empty(rows, width), sums = empty(rows, width);
        var buffers = new AttentionBuffers
        {
            Q = TensorMemory.Of(q),
            K = TensorMemory.Of(k),
            V = TensorMemory.Of(v),
            Output = TensorMemory.Of(output),
            Sums = TensorMemory.Of(sums),
        };
        CoordinateAttention.Forward(buffers, rows, width, dropout);
        ctx.save_for_backward([q, k, v, output, sums]);
        ctx.save_data(Dropout, dropout);
        return output;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = grad_output.contiguous();
        var (rows, width) = ((int)gradient.shape[0], (int)gradient.shape[1]);
        Tensor dq = empty(rows, width), dk = empty(rows, width), dv = empty(rows, width);
        var buffers = new AttentionBuffers
        {
            Q = TensorMemory.Of(saved[0]),
            K = TensorMemory.Of(saved[1]),
            V = TensorMemory.Of(saved[2]),
            Output = TensorMemory.Of(saved[3]),
            Sums = TensorMemory.Of(saved[4]),
            Gradient = TensorMemory.Of(gradient),
            DQ = TensorMemory.Of(dq),
            DK = TensorMemory.Of(dk),
            DV = TensorMemory.Of(dv),
        };
        CoordinateAttention.Backward(buffers, rows, width, (AttentionDropout)ctx.get_data(Dropout));
        GC.KeepAlive(gradient);
        foreach (var tensor in saved)
            tensor.Dispose();
        return [dq, dk, dv, null!];
    }
}
