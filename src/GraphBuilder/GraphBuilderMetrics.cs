using System.Diagnostics.Metrics;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>What the GraphBuilder counts.</summary>
internal static class GraphBuilderMetrics
{
    private static readonly Meter Meter = new("Rearm.Streaming.GraphBuilder");

    public static readonly Counter<long> Records = Meter.CreateCounter<long>("rearm.graph_builder.records", "{record}", "Kafka records read");

    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("rearm.graph_builder.dead_letters", "{record}", "Records put into the dead-letter topic");

    public static readonly Counter<long> Snapshots = Meter.CreateCounter<long>("rearm.graph_builder.snapshots", "{snapshot}", "Snapshots published");

    public static readonly Histogram<double> SnapshotSeconds = Meter.CreateHistogram<double>("rearm.graph_builder.snapshot_duration", "s", "Time to cut and publish a snapshot");

    public static readonly Histogram<double> CheckpointSeconds = Meter.CreateHistogram<double>("rearm.graph_builder.checkpoint_duration", "s", "Time to write a checkpoint");
}
