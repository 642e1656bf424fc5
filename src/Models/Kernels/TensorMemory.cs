using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>The memory of tensors that kernels work on: float32, on the CPU, contiguous.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Whether kernels can work on tensors like this one.</summary>
    public static bool Fits(Tensor tensor) => Fits(tensor.dtype, tensor.device_type);

    /// <summary>Whether kernels can work on tensors of this type on this device.</summary>
    public static bool Fits(ScalarType type, TorchSharp.DeviceType device) => type == ScalarType.Float32 && device == TorchSharp.DeviceType.CPU;

    /// <summary>
    /// The first element of a matrix. Valid while the tensor is alive: keep it so with <see cref="GC.KeepAlive"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor is not a contiguous float32 matrix on the CPU.</exception>
    public static float* Of(Tensor matrix)
    {
        if (!Fits(matrix) || matrix.dim() != 2 || !matrix.is_contiguous())
            throw new ArgumentException($"A kernel needs a contiguous float32 matrix on the CPU, not {matrix.dtype} [{string.Join(", ", matrix.shape)}] on {matrix.device}.", nameof(matrix));
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(matrix.bytes));
    }
}
