using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>The rows of a matrix that may be some columns of a wider one. Valid while the tensor is alive.</summary>
internal readonly unsafe struct MatrixRows
{
    private readonly float* _first;
    private readonly long _stride;

    private MatrixRows(float* first, long stride)
    {
        _first = first;
        _stride = stride;
    }

    /// <summary>A row.</summary>
    public float* this[long row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _first + row * _stride;
    }

    /// <summary>The rows of a tensor.</summary>
    /// <exception cref="ArgumentException">The tensor is not a float32 matrix on the CPU whose rows are each contiguous.</exception>
    public static MatrixRows Of(Tensor matrix)
    {
        if (!TensorMemory.Fits(matrix) || matrix.dim() != 2 || (matrix.stride(1) != 1 && matrix.shape[1] > 1 && matrix.shape[0] > 0))
            throw new ArgumentException(
                $"A kernel needs a float32 matrix on the CPU with contiguous rows, not {matrix.dtype} {Shape.Of(matrix)} on {matrix.device}.", nameof(matrix));
        if (matrix.shape[0] == 0)
            return default;
        // The memory of a tensor that is not contiguous as a whole can't be asked for.
        using var first = matrix.narrow(0, 0, 1);
        return new((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes)), matrix.stride(0));
    }

    /// <summary>The tensor itself if kernels can read its rows where they are, otherwise a copy.</summary>
    public static Tensor Readable(Tensor matrix) => matrix.dim() == 2 && matrix.stride(1) == 1 ? matrix : matrix.contiguous();
}
