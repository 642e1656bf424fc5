using System.Diagnostics;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>The traces whose events the next snapshot will be the first to hold; its span links to them.</summary>
internal sealed class SnapshotLinks
{
    // What an OpenTelemetry SDK keeps of a span's links by default.
    private const int Capacity = 128;

    private readonly List<ActivityLink> _links = [];

    /// <summary>Adds traces; beyond the capacity they are dropped.</summary>
    public void Add(IEnumerable<ActivityContext> contexts)
    {
        foreach (var context in contexts.Take(Capacity - _links.Count))
            _links.Add(new(context));
    }

    /// <summary>Takes the links for a snapshot that is about to be cut.</summary>
    public ActivityLink[] TakeAll()
    {
        ActivityLink[] taken = [.. _links];
        _links.Clear();
        return taken;
    }
}
