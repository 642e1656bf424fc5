using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>The k strongest neighbours of every row, collected in any order, each row by one thread at a time, and then packed.</summary>
/// <param name="rows">Number of rows.</param>
/// <param name="k">Neighbours kept per row.</param>
/// <param name="ranks">Of each node, for ties (<see cref="IdOrder"/>).</param>
internal sealed class TopRows(int rows, int k, int[] ranks)
{
    private readonly int[] _columns = new int[checked(rows * k)];
    private readonly float[] _values = new float[checked(rows * k)];
    private readonly int[] _counts = new int[rows];

    /// <summary>A row that neighbours can be offered to.</summary>
    public TopK this[int row] => new(_columns.AsSpan(row * k, k), _values.AsSpan(row * k, k), ref _counts[row], ranks);

    /// <summary>Sorts a row; nothing can be offered to it afterwards.</summary>
    public void Sort(int row) => this[row].Sort();

    /// <summary>
    /// Sorts a row to which the node itself was offered with an infinite value, so that it is kept even among more than k equals, and moves
    /// it to where its real value belongs.
    /// </summary>
    public void SortAfterOwn(int row, float value)
    {
        Sort(row);
        var columns = _columns.AsSpan(row * k, _counts[row]);
        var values = _values.AsSpan(row * k, _counts[row]);
        var place = 0;
        for (; place + 1 < columns.Length && (values[place + 1] > value || (values[place + 1] == value && ranks[columns[place + 1]] < ranks[row])); place++)
            (columns[place], values[place]) = (columns[place + 1], values[place + 1]);
        (columns[place], values[place]) = (row, value);
    }

    public SparseRows Pack()
    {
        var pointers = new int[rows + 1];
        for (var r = 0; r < rows; r++)
            pointers[r + 1] = pointers[r] + _counts[r];
        var columns = new int[pointers[rows]];
        var values = new float[pointers[rows]];
        for (var r = 0; r < rows; r++)
        {
            _columns.AsSpan(r * k, _counts[r]).CopyTo(columns.AsSpan(pointers[r]));
            _values.AsSpan(r * k, _counts[r]).CopyTo(values.AsSpan(pointers[r]));
        }
        return new(pointers, columns, values);
    }
}
