namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// A user's pairs, ascending by item. The array is copied before it is first changed after a freeze (<see cref="Epoch"/>), so a frozen row keeps its
/// content.
/// </summary>
internal struct UserRow
{
    private Pair[]? _pairs;

    /// <summary>Pairs in the row.</summary>
    public int Count { get; private set; }

    /// <summary>The freeze since which the array is the row's own.</summary>
    public int Epoch { get; private set; }

    /// <summary>Events up to this time stay out: the user was erased then (Unix milliseconds; 0 if never).</summary>
    public long ErasedUntil { get; init; }

    /// <summary>A row with these pairs, ascending by item.</summary>
    public static UserRow Of(ReadOnlySpan<Pair> pairs, long erasedUntil, int epoch) =>
        new() { _pairs = pairs.IsEmpty ? null : pairs.ToArray(), Count = pairs.Length, Epoch = epoch, ErasedUntil = erasedUntil };

    public readonly ReadOnlySpan<Pair> Pairs => _pairs.AsSpan(0, Count);

    /// <summary>The place of the pair with <paramref name="item"/>, or the complement of where it would go.</summary>
    public readonly int IndexOf(int item)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _pairs![middle].Item;
            if (found == item)
                return middle;
            if (found < item)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    /// <summary>Puts a pair in its place: at <paramref name="index"/> if that is one, otherwise at its complement.</summary>
    public void Put(int index, Pair pair, int epoch)
    {
        Own(Count + (index < 0 ? 1 : 0), epoch);
        if (index < 0)
        {
            index = ~index;
            Array.Copy(_pairs!, index, _pairs!, index + 1, Count++ - index);
        }
        _pairs![index] = pair;
    }

    public void Clear() => (_pairs, Count) = (null, 0);

    private void Own(int count, int epoch)
    {
        if (_pairs is not null && Epoch == epoch && count <= _pairs.Length)
            return;
        // A quarter to spare: most rows are short, and there are millions.
        var capacity = _pairs is not null && count <= _pairs.Length ? _pairs.Length : Math.Max(2, count + count / 4);
        var own = new Pair[capacity];
        Pairs.CopyTo(own);
        (_pairs, Epoch) = (own, epoch);
    }
}
