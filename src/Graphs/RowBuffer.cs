using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Rows of at most k entries, filled in any order (each row by one thread), then packed.</summary>
internal sealed class RowBuffer(int rows, int k)
{
    private readonly int[] _columns = new int[checked(rows * k)];
    private readonly float[] _values = new float[checked(rows * k)];
    private readonly int[] _counts = new int[rows];

    public void Drain(int row, TopRow top) => _counts[row] = top.Drain(_columns.AsSpan(row * k, k), _values.AsSpan(row * k, k));

    /// <summary>Puts one more entry in its place in a drained row.</summary>
    public void Insert(int row, int column, float value, int[] ranks)
    {
        var start = row * k;
        var place = start + _counts[row]++;
        for (; place > start && (_values[place - 1] < value || (_values[place - 1] == value && ranks[_columns[place - 1]] > ranks[column])); place--)
            (_columns[place], _values[place]) = (_columns[place - 1], _values[place - 1]);
        (_columns[place], _values[place]) = (column, value);
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
