using System.Diagnostics.Metrics;

namespace Rearm.Streaming.Ingestor;

/// <summary>The Ingestor's metrics (meter "Rearm.Streaming.Ingestor").</summary>
internal sealed class IngestorMetrics
{
    public const string MeterName = "Rearm.Streaming.Ingestor";

    private readonly Counter<long> _events;
    private readonly Histogram<double> _batchDuration;

    public IngestorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("rearm.ingestor.events", "{event}", "Events answered, by status: accepted, rejected or failed.");
        _batchDuration = meter.CreateHistogram<double>("rearm.ingestor.batch.duration", "s", "From a batch's arrival until every event in it is answered.");
    }

    public void BatchAnswered(TimeSpan duration, int accepted, int rejected, int failed)
    {
        _batchDuration.Record(duration.TotalSeconds);
        Count(accepted, "accepted");
        Count(rejected, "rejected");
        Count(failed, "failed");
    }

    private void Count(int events, string status)
    {
        if (events > 0)
            _events.Add(events, new KeyValuePair<string, object?>("status", status));
    }
}
