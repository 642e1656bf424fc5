namespace Rearm.Streaming.Testing;

/// <summary>What code allocates each time.</summary>
public static class Allocations
{
    private const int Rounds = 8;

    /// <summary>
    /// Bytes of managed memory that an action allocates on this thread: the least of some rounds, after one that does not count. Code that allocates does so
    /// in every round; the runtime does now and then (a faster version of a method takes over, a collection empties a pool), and belongs to nobody.
    /// </summary>
    public static long Of(Action action)
    {
        action();
        return Enumerable.Range(0, Rounds).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
