namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What has changed since it was last taken, for the live state in Redis. Indices only: what is written is the state then.</summary>
internal sealed class LiveChanges
{
    private const int LargeCapacity = 100_000;

    /// <summary>Pairs whose newest event changed.</summary>
    public List<(int User, int Item)> Pairs { get; } = [];

    /// <summary>Users to forget.</summary>
    public HashSet<string> Erasures { get; } = new(StringComparer.Ordinal);

    /// <summary>Items whose description changed.</summary>
    public HashSet<int> Items { get; } = [];

    public bool IsEmpty => Pairs.Count == 0 && Erasures.Count == 0 && Items.Count == 0;

    public void Clear()
    {
        Pairs.Clear();
        // What a backlog needed is not needed again.
        if (Pairs.Capacity > LargeCapacity)
            Pairs.TrimExcess();
        Erasures.Clear();
        Items.Clear();
    }
}
