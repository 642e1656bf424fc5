using System.Numerics.Tensors;
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

    // The product has its own way with what is left over of a row, so every width gets the widest vectors.
    private const int AnyWidth = 0;

    /// <summary>y = G x.</summary>
    /// <param name="matrix">G, rows x columns.</param>
    /// <param name="dense">x, columns x width, row-major.</param>
    /// <param name="product">Takes y, rows x width, row-major.</param>
    /// <param name="width">Columns of x and y.</param>
    public static void Multiply(SparseRows matrix, float* dense, float* product, int width) =>
        RowChunks.Run(new ProductKernel(matrix, dense, product, width), matrix.Rows, RowsPerChunk, AnyWidth);

    /// <summary>y = scale * (G x + added).</summary>
    /// <param name="matrix">G, rows x columns.</param>
    /// <param name="dense">x, columns x width, row-major.</param>
    /// <param name="added">Rows x width, row-major.</param>
    /// <param name="scale">A factor.</param>
    /// <param name="product">Takes y, rows x width, row-major.</param>
    /// <param name="width">Columns of x and y.</param>
    public static void MultiplyAdd(SparseRows matrix, float* dense, float* added, float scale, float* product, int width) =>
        RowChunks.Run(new SumKernel(matrix, dense, added, scale, product, width), matrix.Rows, RowsPerChunk, AnyWidth);

    private readonly struct ProductKernel(SparseRows matrix, float* dense, float* product, int width) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt> =>
            SparseProduct<TFloat, TInt>.Rows(matrix, begin, end, dense, product, width);
    }

    private readonly struct SumKernel(SparseRows matrix, float* dense, float* added, float scale, float* product, int width) : IRowKernel
    {
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            // Some rows at a time, so that they are still in the cache when the other term comes.
            const int Few = 8;
            for (var row = begin; row < end; row += Few)
            {
                var last = Math.Min(end, row + Few);
                SparseProduct<TFloat, TInt>.Rows(matrix, row, last, dense, product, width);
                var sum = new Span<float>(product + (long)row * width, (last - row) * width);
                TensorPrimitives.AddMultiply(sum, new ReadOnlySpan<float>(added + (long)row * width, sum.Length), scale, sum);
            }
        }
    }
}
