using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Kernels;

/// <summary>attention.cpp: the softmax over a row's coordinates, never stored (eq. 5-9).</summary>
internal static partial class AttentionKernel
{
    private const int MaxWidth = 1024;

    internal static bool Fits(Tensor q) =>
        q.dtype == ScalarType.Float32 && q.device_type == TorchSharp.DeviceType.CPU && q.shape[1] <= MaxWidth && KernelLibrary.IsAvailable;

    /// <summary>o_a = sum_b softmax_b(q_a k_b) m_ab v_b, rows x d; the same seed drops the same weights.</summary>
    internal static Tensor Attend(Tensor q, Tensor k, Tensor v, double dropout, long seed)
    {
        var result = rearm_attention(q.Handle, k.Handle, v.Handle, dropout, seed);
        GC.KeepAlive(q);
        GC.KeepAlive(k);
        GC.KeepAlive(v);
        return KernelLibrary.Result(result, nameof(AttentionKernel));
    }

    /// <summary>The mask m that <see cref="Attend"/> uses, rows x d x d.</summary>
    internal static Tensor Mask(long rows, long width, double dropout, long seed) =>
        KernelLibrary.Result(rearm_attention_mask(rows, width, dropout, seed), nameof(Mask));

    [LibraryImport("rearm_kernels")]
    private static partial nint rearm_attention(nint q, nint k, nint v, double dropout, long seed);

    [LibraryImport("rearm_kernels")]
    private static partial nint rearm_attention_mask(long rows, long width, double dropout, long seed);
}
