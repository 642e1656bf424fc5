using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Attention among the d coordinates of each row, each a token of width 1 (eq. 5-9): o_a = sum_b softmax_b(q_a k_b) m_ab v_b, with the
/// dropout mask m scaled by 1 / (1 - p). Plain operators store several tensors of rows x d x d; here the softmax stays in registers and is
/// computed again on the way back, and the mask is a function of seed and position.
/// </summary>
internal static unsafe class CoordinateAttention
{
    // Half a million exponentials at d 64.
    private const int RowsPerChunk = 128;

    /// <summary>Fills in <see cref="AttentionBuffers.Output"/> and <see cref="AttentionBuffers.Sums"/>.</summary>
    /// <param name="buffers">Q, K and V are read.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">d.</param>
    /// <param name="dropout">Which weights are dropped.</param>
    public static void Forward(AttentionBuffers buffers, int rows, int width, AttentionDropout dropout) =>
        RowChunks.Run(rows, RowsPerChunk, (begin, end) =>
        {
            if (Vector512.IsHardwareAccelerated)
                CoordinateAttention<Floats16, Ints16>.Forward(buffers, begin, end, width, dropout);
            else if (Vector256.IsHardwareAccelerated)
                CoordinateAttention<Floats8, Ints8>.Forward(buffers, begin, end, width, dropout);
            else
                CoordinateAttention<Floats4, Ints4>.Forward(buffers, begin, end, width, dropout);
        });

    /// <summary>Fills in the gradients of Q, K and V.</summary>
    /// <inheritdoc cref="Forward" path="/param"/>
    public static void Backward(AttentionBuffers buffers, int rows, int width, AttentionDropout dropout) =>
        RowChunks.Run(rows, RowsPerChunk, (begin, end) =>
        {
            if (Vector512.IsHardwareAccelerated)
                CoordinateAttention<Floats16, Ints16>.Backward(buffers, begin, end, width, dropout);
            else if (Vector256.IsHardwareAccelerated)
                CoordinateAttention<Floats8, Ints8>.Backward(buffers, begin, end, width, dropout);
            else
                CoordinateAttention<Floats4, Ints4>.Backward(buffers, begin, end, width, dropout);
        });
}
