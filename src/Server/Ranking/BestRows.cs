namespace Rearm.Streaming.Server.Ranking;

/// <summary>Keeps the best rows offered, in memory the caller lends: a binary heap whose root is the worst one kept.</summary>
internal ref struct BestRows(Span<ScoredRow> room)
{
    private readonly Span<ScoredRow> _heap = room;
    private int _count;

    /// <summary>Takes the row in if there is room or it is better than the worst one kept.</summary>
    public void Offer(ScoredRow row)
    {
        if (_count < _heap.Length)
        {
            var at = _count++;
            for (var parent = (at - 1) >> 1; at > 0 && _heap[parent].IsBetterThan(row); at = parent, parent = (at - 1) >> 1)
                _heap[at] = _heap[parent];
            _heap[at] = row;
        }
        else if (_count > 0 && row.IsBetterThan(_heap[0]))
        {
            Sink(row);
        }
    }

    /// <summary>Puts the rows kept in order, best first.</summary>
    /// <returns>How many there are.</returns>
    public readonly int Finish()
    {
        _heap[.._count].Sort(static (a, b) => a.IsBetterThan(b) ? -1 : b.IsBetterThan(a) ? 1 : 0);
        return _count;
    }

    private readonly void Sink(ScoredRow row)
    {
        var at = 0;
        for (var child = 1; child < _count; child = 2 * at + 1)
        {
            if (child + 1 < _count && _heap[child].IsBetterThan(_heap[child + 1]))
                child++;
            if (!row.IsBetterThan(_heap[child]))
                break;
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = row;
    }
}
