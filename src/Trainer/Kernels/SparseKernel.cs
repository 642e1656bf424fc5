using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Kernels;

/// <summary>sparse.cpp: a constant sparse matrix times a dense one, both ways over rows.</summary>
internal static unsafe partial class SparseKernel
{
    internal static bool Fits(ScalarType dtype, Device device) =>
        dtype == ScalarType.Float32 && device.type == TorchSharp.DeviceType.CPU && KernelLibrary.IsAvailable;

    internal static Tensor Multiply(CompressedRows rows, Tensor dense)
    {
        var matrix = stackalloc nint[3] { rows.Pointers.Handle, rows.Columns.Handle, rows.Values.Handle };
        var transpose = stackalloc nint[3] { rows.TransposedPointers.Handle, rows.TransposedColumns.Handle, rows.TransposedValues.Handle };
        var result = rearm_sparse_multiply(matrix, transpose, dense.Handle);
        GC.KeepAlive(rows);
        GC.KeepAlive(dense);
        return KernelLibrary.Result(result, nameof(SparseKernel));
    }

    [LibraryImport("rearm_kernels")]
    private static partial nint rearm_sparse_multiply(nint* matrix, nint* transpose, nint dense);
}
