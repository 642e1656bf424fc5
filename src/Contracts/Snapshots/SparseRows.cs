namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// A sparse matrix by rows (CSR). In a graph, row r lists the neighbours of node r, strongest first; ties go to the smaller
/// <see cref="StableHash"/> of the neighbour's id.
/// </summary>
public sealed class SparseRows
{
    /// <summary>A matrix with the given arrays, which are kept, not copied.</summary>
    /// <param name="pointers">Rows + 1 positions: row r is [pointers[r], pointers[r + 1]).</param>
    /// <param name="columns">Column of each entry.</param>
    /// <param name="values">Value of each entry (a count, or a cosine).</param>
    /// <exception cref="ContractException">The arrays do not fit together.</exception>
    public SparseRows(int[] pointers, int[] columns, float[] values)
    {
        if (pointers.Length == 0 || pointers[0] != 0 || pointers[^1] != columns.Length || columns.Length != values.Length)
            throw new ContractException($"Sparse rows do not fit together: {pointers.Length} pointers ending at {(pointers.Length == 0 ? 0 : pointers[^1])}, {columns.Length} columns, {values.Length} values.");
        for (var r = 1; r < pointers.Length; r++)
            if (pointers[r] < pointers[r - 1])
                throw new ContractException($"Sparse rows: pointer {r} is {pointers[r]}, less than the one before ({pointers[r - 1]}).");
        Pointers = pointers;
        Columns = columns;
        Values = values;
    }

    /// <summary>Rows + 1 positions: row r is [Pointers[r], Pointers[r + 1]).</summary>
    public int[] Pointers { get; }

    /// <summary>Column of each entry.</summary>
    public int[] Columns { get; }

    /// <summary>Value of each entry.</summary>
    public float[] Values { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => Pointers.Length - 1;

    /// <summary>Number of entries.</summary>
    public int Count => Columns.Length;

    /// <summary>The columns of row <paramref name="row"/>.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => Columns.AsSpan(Pointers[row]..Pointers[row + 1]);

    /// <summary>The values of row <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(Pointers[row]..Pointers[row + 1]);

    /// <summary>A matrix of <paramref name="rows"/> empty rows.</summary>
    public static SparseRows Empty(int rows) => new(new int[rows + 1], [], []);
}
