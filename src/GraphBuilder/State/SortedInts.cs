namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>A growing list of distinct ints, ascending.</summary>
internal sealed class SortedInts
{
    private int[] _values = [];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Span => _values.AsSpan(0, Count);

    /// <summary>The place of <paramref name="value"/>, or the complement of where it would go.</summary>
    public int IndexOf(int value) => Array.BinarySearch(_values, 0, Count, value);

    /// <summary>Puts <paramref name="value"/> at <paramref name="index"/>, which must be where it belongs.</summary>
    public void Insert(int index, int value) => Count = Rows.Insert(ref _values, Count, index, value);

    public void RemoveAt(int index) => Count = Rows.RemoveAt(_values, Count, index);
}
