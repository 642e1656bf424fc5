namespace Rearm.Streaming.Graphs;

/// <summary>The k strongest of the neighbours offered to one row: greater value first, then smaller rank. A heap with the weakest on top.</summary>
internal sealed class TopRow(int k, int[] ranks)
{
    private readonly int[] _columns = new int[k];
    private readonly float[] _values = new float[k];
    private int _count;

    public void Clear() => _count = 0;

    public void Offer(int column, float value)
    {
        if (_count < _columns.Length)
        {
            _count++;
            SiftUp(_count - 1, column, value);
        }
        else if (_count > 0 && value >= _values[0] && IsWeaker(_columns[0], _values[0], column, value))
            SiftDown(0, column, value);
    }

    /// <summary>Writes the row, strongest first, and clears it.</summary>
    /// <returns>Entries written.</returns>
    public int Drain(Span<int> columns, Span<float> values)
    {
        var length = _count;
        while (_count > 0)
        {
            // The weakest leaves first and takes the last free place.
            columns[_count - 1] = _columns[0];
            values[_count - 1] = _values[0];
            _count--;
            SiftDown(0, _columns[_count], _values[_count]);
        }
        return length;
    }

    private bool IsWeaker(int column, float value, int thanColumn, float thanValue) =>
        value != thanValue ? value < thanValue : ranks[column] > ranks[thanColumn];

    private void SiftUp(int place, int column, float value)
    {
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!IsWeaker(column, value, _columns[parent], _values[parent]))
                break;
            (_columns[place], _values[place]) = (_columns[parent], _values[parent]);
            place = parent;
        }
        (_columns[place], _values[place]) = (column, value);
    }

    private void SiftDown(int place, int column, float value)
    {
        while (true)
        {
            var child = 2 * place + 1;
            if (child >= _count)
                break;
            if (child + 1 < _count && IsWeaker(_columns[child + 1], _values[child + 1], _columns[child], _values[child]))
                child++;
            if (!IsWeaker(_columns[child], _values[child], column, value))
                break;
            (_columns[place], _values[place]) = (_columns[child], _values[child]);
            place = child;
        }
        (_columns[place], _values[place]) = (column, value);
    }
}
