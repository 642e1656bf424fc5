using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>The transpose of a sparse matrix.</summary>
internal static class TransposedRows
{
    internal static SparseRows Of(SparseRows matrix, int columns)
    {
        var pointers = new int[columns + 1];
        foreach (var column in matrix.Columns)
            pointers[column + 1]++;
        for (var c = 0; c < columns; c++)
            pointers[c + 1] += pointers[c];
        var next = pointers.AsSpan(0, columns).ToArray();
        var rows = new int[matrix.Count];
        var values = new float[matrix.Count];
        for (var row = 0; row < matrix.Rows; row++)
            for (var e = matrix.Pointers[row]; e < matrix.Pointers[row + 1]; e++)
            {
                var at = next[matrix.Columns[e]]++;
                (rows[at], values[at]) = (row, matrix.Values[e]);
            }
        return new(pointers, rows, values);
    }
}
