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

/// <summary>Arrays that grow by a half, without the capacity that List keeps for each of a million small rows.</summary>
internal static class Rows
{
    public static int Insert<T>(ref T[] values, int count, int index, T value)
    {
        if (count == values.Length)
            Array.Resize(ref values, Math.Max(2, count + count / 2));
        Array.Copy(values, index, values, index + 1, count - index);
        values[index] = value;
        return count + 1;
    }

    public static int RemoveAt<T>(T[] values, int count, int index)
    {
        Array.Copy(values, index + 1, values, index, count - index - 1);
        return count - 1;
    }
}
