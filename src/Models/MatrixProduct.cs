using System.Diagnostics;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models;

/// <summary>libtorch's own products of matrices: what a machine can do, to compare with.</summary>
public static class MatrixProduct
{
    /// <summary>Computes all inner products of the rows, some rows at a time, and drops them.</summary>
    /// <param name="values">Row-major, rows x columns.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="rowsAtOnce">Rows of one product.</param>
    public static void OfRows(float[] values, int columns, int rowsAtOnce)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var all = tensor(values, [values.Length / columns, columns]);
        var transposed = all.t();
        for (long row = 0; row < all.shape[0]; row += rowsAtOnce)
            all.narrow(0, row, Math.Min(rowsAtOnce, all.shape[0] - row)).mm(transposed).Dispose();
    }

    /// <summary>How fast two square matrices of single precision are multiplied.</summary>
    /// <param name="size">Rows and columns.</param>
    /// <returns>Thousands of millions of floating-point operations a second, a multiplication and an addition counted as two.</returns>
    public static double GigaOperationsPerSecond(int size)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor a = rand(size, size), b = rand(size, size);
        a.mm(b);
        var start = Stopwatch.GetTimestamp();
        a.mm(b);
        return 2 * Math.Pow(size, 3) / 1e9 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
