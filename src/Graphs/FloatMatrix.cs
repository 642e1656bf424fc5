using System.Numerics;

namespace Rearm.Streaming.Graphs;

/// <summary>A dense matrix by rows, in blocks of whole rows: unlike one array it may have more than 2^31 elements.</summary>
public sealed class FloatMatrix
{
    /// <summary>Rows of one group, aligned to the number of rows in it, lie one behind the other.</summary>
    internal const int RowsTogether = 64;

    // 64 MiB, where rows are not so wide that even a group needs more.
    private const int ElementsPerBlock = 1 << 24;

    private readonly float[][] _blocks;
    private readonly int _shift;

    /// <summary>A matrix of zeros.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Width of a row.</param>
    /// <exception cref="OverflowException">64 rows have more than 2^31 elements.</exception>
    public FloatMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (Rows, Columns) = (rows, columns);
        _shift = BitOperations.Log2((uint)Math.Max(RowsTogether, ElementsPerBlock / Math.Max(columns, 1)));
        _blocks = new float[((long)rows + RowsPerBlock - 1) >> _shift][];
        for (var block = 0; block < _blocks.Length; block++)
            _blocks[block] = new float[checked(Math.Min(RowsPerBlock, rows - block * RowsPerBlock) * columns)];
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Width of a row.</summary>
    public int Columns { get; }

    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>Rows of each block but the last, which may have fewer.</summary>
    public int RowsPerBlock => 1 << _shift;

    /// <summary>The blocks in the order of their rows, each row-major.</summary>
    public IReadOnlyList<float[]> Blocks => _blocks;

    /// <summary>One row, to read and to write.</summary>
    public Span<float> this[int row] => _blocks[row >> _shift].AsSpan((row & (RowsPerBlock - 1)) * Columns, Columns);

    /// <summary>A matrix with a copy of <paramref name="values"/>.</summary>
    /// <param name="columns">Width of a row.</param>
    /// <param name="values">Row-major, whole rows.</param>
    /// <exception cref="ArgumentException">They are not whole rows.</exception>
    public static FloatMatrix Of(int columns, ReadOnlySpan<float> values)
    {
        if (columns <= 0 || values.Length % columns != 0)
            throw new ArgumentException($"{values.Length} numbers are not whole rows of {columns}.", nameof(values));
        var matrix = new FloatMatrix(values.Length / columns, columns);
        for (var row = 0; row < matrix.Rows; row++)
            values.Slice(row * columns, columns).CopyTo(matrix[row]);
        return matrix;
    }

    /// <summary>The rows that start at <paramref name="row"/>, a multiple of <see cref="RowsTogether"/>, up to the end of their block.</summary>
    internal Span<float> From(int row) => _blocks[row >> _shift].AsSpan((row & (RowsPerBlock - 1)) * Columns);
}
