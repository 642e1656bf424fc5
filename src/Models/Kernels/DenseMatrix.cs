using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>A matrix in memory that may be transposed, or some columns of a wider one. Valid while its tensor is alive.</summary>
/// <param name="first">The first element.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="rowStride">Elements from one row to the next.</param>
/// <param name="columnStride">Elements from one column to the next; this or the other is 1.</param>
internal readonly unsafe struct DenseMatrix(float* first, int rows, int columns, long rowStride, long columnStride)
{
    public readonly float* First = first;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly long RowStride = rowStride;
    public readonly long ColumnStride = columnStride;

    /// <summary>The whole of a tensor.</summary>
    /// <exception cref="ArgumentException">The tensor is not a float32 matrix on the CPU whose rows are each contiguous.</exception>
    public static DenseMatrix Of(Tensor matrix) => new(MatrixRows.Of(matrix)[0], (int)matrix.shape[0], (int)matrix.shape[1], matrix.stride(0), 1);

    /// <summary>The same memory, read the other way.</summary>
    public DenseMatrix Transposed => new(First, Columns, Rows, ColumnStride, RowStride);

    /// <summary>A part of it.</summary>
    public DenseMatrix Part(long row, long column, int rows, int columns) => new(At(row, column), rows, columns, RowStride, ColumnStride);

    /// <summary>An element.</summary>
    public float* At(long row, long column) => First + row * RowStride + column * ColumnStride;
}
