namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What has changed of a shard's users since it was last written to Redis. Indices only: what is written is the state then.</summary>
internal sealed class LiveChanges
{
    private const int LargeCapacity = 100_000;

    /// <summary>Pairs whose newest event changed.</summary>
    public List<(int User, int Item)> Pairs { get; } = [];

    /// <summary>Users to forget.</summary>
    public HashSet<string> Erasures { get; } = new(StringComparer.Ordinal);

    public bool IsEmpty => Pairs.Count == 0 && Erasures.Count == 0;

    public void Clear()
    {
        Pairs.Clear();
        // What a backlog needed is not needed again.
        if (Pairs.Capacity > LargeCapacity)
            Pairs.TrimExcess();
        Erasures.Clear();
    }
}
