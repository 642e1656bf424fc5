namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// A sparse matrix by rows (CSR), with or without values. In a graph, row r lists the neighbours of node r, strongest first; ties go to the
/// smaller <see cref="StableHash"/> of the neighbour's id.
/// </summary>
public sealed class SparseRows
{
    /// <summary>A matrix with the given arrays, which are kept, not copied.</summary>
    /// <param name="pointers">Rows + 1 positions: row r is [pointers[r], pointers[r + 1]).</param>
    /// <param name="columns">Column of each entry.</param>
    /// <param name="values">Value of each entry (a count, or a cosine); empty for a matrix that only says where its entries are.</param>
    /// <exception cref="ContractException">The arrays do not fit together.</exception>
    public SparseRows(int[] pointers, int[] columns, float[] values)
    {
        if (pointers.Length == 0 || pointers[0] != 0 || pointers[^1] != columns.Length || (values.Length != columns.Length && values.Length != 0))
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

    /// <summary>Value of each entry; empty if the entries have none.</summary>
    public float[] Values { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => Pointers.Length - 1;

    /// <summary>Number of entries.</summary>
    public int Count => Columns.Length;

    /// <summary>Number of entries of row <paramref name="row"/>.</summary>
    public int Degree(int row) => Pointers[row + 1] - Pointers[row];

    /// <summary>The columns of row <paramref name="row"/>.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => Columns.AsSpan(Pointers[row]..Pointers[row + 1]);

    /// <summary>The values of row <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan(Pointers[row]..Pointers[row + 1]);

    /// <summary>Columns to their rows; the rows of each ascend.</summary>
    /// <param name="columns">Number of columns.</param>
    public SparseRows Transpose(int columns)
    {
        var pointers = new int[columns + 1];
        foreach (var column in Columns)
            pointers[column + 1]++;
        for (var c = 0; c < columns; c++)
            pointers[c + 1] += pointers[c];
        var next = pointers.AsSpan(0, columns).ToArray();
        var rows = new int[Columns.Length];
        var values = new float[Values.Length];
        for (var row = 0; row < Rows; row++)
            for (var e = Pointers[row]; e < Pointers[row + 1]; e++)
            {
                var place = next[Columns[e]]++;
                rows[place] = row;
                if (values.Length > 0)
                    values[place] = Values[e];
            }
        return new(pointers, rows, values);
    }

    /// <summary>A matrix of <paramref name="rows"/> empty rows.</summary>
    public static SparseRows Empty(int rows) => new(new int[rows + 1], [], []);
}
