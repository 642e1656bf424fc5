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
            throw new ArgumentException($"A kernel needs a contiguous float32 matrix on the CPU, not {Describe(matrix)}.", nameof(matrix));
        return First(matrix);
    }

    /// <summary>All elements. Valid while the tensor is alive.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="count">How many elements it must have.</param>
    /// <exception cref="ArgumentException">The tensor is not contiguous float32 on the CPU, or has another number of elements.</exception>
    public static Span<float> Values(Tensor tensor, long count)
    {
        if (!Fits(tensor) || !tensor.is_contiguous() || tensor.numel() != count)
            throw new ArgumentException($"A kernel needs {count} contiguous float32 numbers on the CPU, not {Describe(tensor)}.", nameof(tensor));
        return count == 0 ? [] : new(First(tensor), checked((int)count));
    }

    /// <summary>Whether gradients must be able to pass.</summary>
    public static bool NeedsGradient(params ReadOnlySpan<Tensor> inputs)
    {
        if (is_grad_enabled())
            foreach (var input in inputs)
                if (input.requires_grad)
                    return true;
        return false;
    }

    private static float* First(Tensor tensor)
    {
        if (tensor.numel() <= int.MaxValue / sizeof(float))
            return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        // A span of bytes ends at 2 GiB, so only that of the first element is asked for.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} {Shape.Of(tensor)} on {tensor.device}";
}
