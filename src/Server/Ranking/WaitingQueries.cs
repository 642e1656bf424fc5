namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// Queries in the order in which they came. Linked through the queries themselves, so that waiting allocates nothing. Not for several threads.
/// </summary>
internal sealed class WaitingQueries
{
    private TopKQuery? _first;
    private TopKQuery? _last;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a query last.</summary>
    public void Add(TopKQuery query)
    {
        (query.Previous, query.Next) = (_last, null);
        if (_last is null)
            _first = query;
        else
            _last.Next = query;
        _last = query;
        Count++;
    }

    /// <summary>Takes a query out, if it still waits.</summary>
    public bool Remove(TopKQuery query)
    {
        if (query.Previous is null && _first != query)
            return false;
        if (query.Previous is null)
            _first = query.Next;
        else
            query.Previous.Next = query.Next;
        if (query.Next is null)
            _last = query.Previous;
        else
            query.Next.Previous = query.Previous;
        (query.Previous, query.Next) = (null, null);
        Count--;
        return true;
    }

    /// <summary>Takes the first, and the others that came for the same items before one for other items did.</summary>
    /// <param name="batch">Takes the queries.</param>
    /// <returns>How many there are; 0 if none waits.</returns>
    public int Take(Span<TopKQuery> batch)
    {
        var taken = 0;
        while (taken < batch.Length && _first is { } query && (taken == 0 || query.Items == batch[0].Items))
        {
            Remove(query);
            batch[taken++] = query;
        }
        return taken;
    }
}
