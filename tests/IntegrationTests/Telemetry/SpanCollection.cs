using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Rearm.Streaming.IntegrationTests.Telemetry;

/// <summary>What the in-memory exporter fills from the services' threads while the test looks.</summary>
internal sealed class SpanCollection : Collection<Activity>
{
    private readonly Lock _lock = new();

    /// <summary>The spans so far.</summary>
    public Activity[] ToArray()
    {
        lock (_lock)
            return [.. Items];
    }

    protected override void InsertItem(int index, Activity item)
    {
        lock (_lock)
            base.InsertItem(Items.Count, item);
    }
}
