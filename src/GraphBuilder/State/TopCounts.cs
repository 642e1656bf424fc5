namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The k strongest neighbours of one row with their counts, strongest first.</summary>
internal sealed class TopCounts(int k, IdTable ids)
{
    private int[] _neighbors = [];
    private int[] _counts = [];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Neighbors => _neighbors.AsSpan(0, Count);

    public ReadOnlySpan<int> Counts => _counts.AsSpan(0, Count);

    /// <summary>The count of a neighbour, or 0 when it is not among the strongest.</summary>
    public int CountOf(int neighbor) => Neighbors.IndexOf(neighbor) is var place and >= 0 ? _counts[place] : 0;

    /// <summary>Might a neighbour with this count be among the strongest?</summary>
    public bool MayTake(int count) => Count < k || count >= _counts[Count - 1];

    public void Clear() => Count = 0;

    /// <summary>Takes in a neighbour whose count has grown, if it is among the strongest now.</summary>
    public void Raise(int neighbor, int count)
    {
        var place = Neighbors.IndexOf(neighbor);
        if (place < 0)
        {
            if (Count < k)
            {
                Rows.Insert(ref _neighbors, Count, Count, neighbor);
                Count = Rows.Insert(ref _counts, Count, Count, count);
            }
            else if (!IsStronger(neighbor, count, Count - 1))
                return;
            place = Count - 1;
        }
        for (; place > 0 && IsStronger(neighbor, count, place - 1); place--)
            (_neighbors[place], _counts[place]) = (_neighbors[place - 1], _counts[place - 1]);
        (_neighbors[place], _counts[place]) = (neighbor, count);
    }

    private bool IsStronger(int neighbor, int count, int place) =>
        count != _counts[place] ? count > _counts[place] : ids.Precedes(neighbor, _neighbors[place]);
}
