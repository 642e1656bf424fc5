using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;

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
    private readonly TimeProvider _time;
    private volatile GraphStatus? _status;
    private long _lag;

    public GraphBuilderMetrics(IMeterFactory meters, RetryPolicy retry, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _records = meter.CreateCounter<long>("rearm.graph_builder.records", "{record}", "Kafka records read.");
        _deadLetters = meter.CreateCounter<long>("rearm.graph_builder.dead_letters", "{record}", "Records sent to the dead-letter topic.");
        _snapshotDuration = meter.CreateHistogram<double>("rearm.graph_builder.snapshot.duration", "s", "Time to cut and publish a snapshot.");
        _checkpointDuration = meter.CreateHistogram<double>("rearm.graph_builder.checkpoint.duration", "s", "Time to write a checkpoint.");
        _checkpointBytes = meter.CreateCounter<long>("rearm.graph_builder.checkpoint.size", "By", "Bytes written to checkpoints.");
        meter.CreateObservableCounter(
            "rearm.graph_builder.retries", () => retry.Retries, "{attempt}", "Attempts after Kafka or Redis had refused one; nothing is read meanwhile.");
        Gauge("rearm.graph_builder.lag", "{record}", "Records not read yet, of the partitions that this process has.", _ => Interlocked.Read(ref _lag));
        Gauge(
            "rearm.graph_builder.catch_up.time_left", "s", "Until a backlog is read, at the rate of late; none where there is none, or it does not shrink.",
            s => s.HasSecondsLeft ? s.SecondsLeft : null);
        Gauge("rearm.graph_builder.partitions", "{partition}", "Partitions of the interactions that this process has.", s => s.Partitions.Count);
        Gauge("rearm.graph_builder.users", "{user}", "Users with an interaction, of those partitions.", s => s.Users);
        Gauge("rearm.graph_builder.items", "{item}", "Items described or touched.", s => s.Items);
        Gauge("rearm.graph_builder.interactions", "{interaction}", "Pairs of a user and an item, of those partitions.", s => s.Interactions);
        Gauge("rearm.graph_builder.checkpoint.age", "s", "Since this process last wrote a checkpoint.", s => Age(s.CheckpointAt));
        Gauge("rearm.graph_builder.snapshot.age", "s", "Since the newest snapshot was published.", s => Age(s.Snapshot?.PublishedAt));

        void Gauge(string name, string unit, string description, Func<GraphStatus, double?> value) => meter.CreateObservableGauge(
            name, () => _status is { } status && value(status) is { } now ? new Measurement<double>[] { new(now) } : [], unit, description);
    }

    /// <summary>Where the worker is.</summary>
    /// <param name="status">As reported; not changed any more.</param>
    /// <param name="lag">Records that are in the log and not read yet.</param>
    public void Report(GraphStatus status, long lag)
    {
        Interlocked.Exchange(ref _lag, lag);
        _status = status;
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

    private double? Age(Timestamp? since) => since is null ? null : (_time.GetUtcNow() - since.ToDateTimeOffset()).TotalSeconds;
}
