using System.Numerics;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Generations that are served no more. They are most of the memory there is, and little is allocated: without being asked the collector would hardly come by before
/// the next one is loaded, and then there would be three at a time.
/// </summary>
internal sealed class GoneGenerations
{
    private readonly List<WeakReference<LoadedGeneration>> _gone = [];
    private int _polls;

    /// <summary>Requests that took it may still use it.</summary>
    public void Add(LoadedGeneration generation)
    {
        _gone.Add(new(generation));
        _polls = 0;
    }

    /// <summary>
    /// To be called now and then: asks for a collection, which works beside answers, while one of them is still there. Ever more seldom, as a request may use it for
    /// long.
    /// </summary>
    public void Collect()
    {
        _gone.RemoveAll(generation => !generation.TryGetTarget(out _));
        if (_gone.Count > 0 && BitOperations.IsPow2(++_polls))
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
