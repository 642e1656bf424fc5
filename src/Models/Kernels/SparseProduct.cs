using System.Runtime.Intrinsics;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// y = G x for a sparse G by rows: each row of y is the weighted sum of a few rows of x. A column's sum is taken in the order of the row's
/// entries, whatever the vector width.
/// </summary>
internal static unsafe class SparseProduct
{
    // About a quarter of a million multiply-adds at 192 columns and 40 entries a row.
    private const int RowsPerChunk = 128;

    /// <summary>Multiplies.</summary>
    /// <param name="matrix">G, rows x columns.</param>
    /// <param name="dense">x, columns x width, row-major.</param>
    /// <param name="product">Takes y, rows x width, row-major.</param>
    /// <param name="width">Columns of x and y.</param>
    public static void Multiply(SparseRows matrix, float* dense, float* product, int width)
    {
        var (x, y) = ((nint)dense, (nint)product);
        RowChunks.Run(matrix.Rows, RowsPerChunk, (begin, end) =>
        {
            if (Vector512.IsHardwareAccelerated)
                SparseProduct<Floats16, Ints16>.Rows(matrix, begin, end, (float*)x, (float*)y, width);
            else if (Vector256.IsHardwareAccelerated)
                SparseProduct<Floats8, Ints8>.Rows(matrix, begin, end, (float*)x, (float*)y, width);
            else
                SparseProduct<Floats4, Ints4>.Rows(matrix, begin, end, (float*)x, (float*)y, width);
        });
    }
}
