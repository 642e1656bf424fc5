using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Training;

/// <summary>Builds a sparse matrix row by row.</summary>
internal sealed class RowBuilder(int rows, int expectedPerRow)
{
    private readonly int[] _pointers = new int[rows + 1];
    private readonly List<int> _columns = new(rows * expectedPerRow);
    private readonly List<float> _values = new(rows * expectedPerRow);
    private int _row;

    /// <summary>The values of the row added last, to be changed in place.</summary>
    internal Span<float> LastValues => CollectionsMarshal.AsSpan(_values)[_pointers[_row - 1]..];

    internal void Add(ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        _columns.AddRange(columns);
        _values.AddRange(values);
        _pointers[++_row] = _columns.Count;
    }

    internal SparseRows Build() => _row == _pointers.Length - 1
        ? new(_pointers, [.. _columns], [.. _values])
        : throw new InvalidOperationException($"{_row} of {_pointers.Length - 1} rows were added.");
}
