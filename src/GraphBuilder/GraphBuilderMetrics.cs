using System.Diagnostics.Metrics;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>The GraphBuilder's metrics (meter "Rearm.Streaming.GraphBuilder").</summary>
internal sealed class GraphBuilderMetrics
{
    public const string MeterName = "Rearm.Streaming.GraphBuilder";

    private readonly Counter<long> _records;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _snapshotDuration;
    private readonly Histogram<double> _checkpointDuration;
    private readonly Counter<long> _checkpointBytes;

    public GraphBuilderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _records = meter.CreateCounter<long>("rearm.graph_builder.records", "{record}", "Kafka records read.");
        _deadLetters = meter.CreateCounter<long>("rearm.graph_builder.dead_letters", "{record}", "Records sent to the dead-letter topic.");
        _snapshotDuration = meter.CreateHistogram<double>("rearm.graph_builder.snapshot.duration", "s", "Time to cut and publish a snapshot.");
        _checkpointDuration = meter.CreateHistogram<double>("rearm.graph_builder.checkpoint.duration", "s", "Time to write a checkpoint.");
        _checkpointBytes = meter.CreateCounter<long>("rearm.graph_builder.checkpoint.size", "By", "Bytes written to checkpoints.");
    }

    public void BatchApplied(int records, int refused)
    {
        _records.Add(records);
        if (refused > 0)
            _deadLetters.Add(refused);
    }

    public void SnapshotPublished(TimeSpan duration) => _snapshotDuration.Record(duration.TotalSeconds);

    public void CheckpointWritten(TimeSpan duration, long bytes)
    {
        _checkpointDuration.Record(duration.TotalSeconds);
        _checkpointBytes.Add(bytes);
    }
}
