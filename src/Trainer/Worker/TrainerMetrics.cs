using System.Diagnostics.Metrics;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>The Trainer's metrics, meter Rearm.Streaming.Trainer.</summary>
internal sealed class TrainerMetrics
{
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _epochSeconds;
    private readonly Gauge<double> _recall;

    public TrainerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rearm.Streaming.Trainer");
        _runs = meter.CreateCounter<long>("rearm.trainer.runs", description: "Runs finished, by outcome");
        _epochSeconds = meter.CreateHistogram<double>("rearm.trainer.epoch.duration", "s", "Time of an epoch, evaluation included");
        _recall = meter.CreateGauge<double>("rearm.trainer.recall", description: "Recall@20 on held-out interactions of the newest generation");
    }

    internal void Epoch(TrainingProgress progress) => _epochSeconds.Record(progress.Seconds);

    internal void Published(IReadOnlyDictionary<string, double> metrics)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("outcome", "published"));
        _recall.Record(metrics.GetValueOrDefault("recall@20"));
    }

    internal void Failed() => _runs.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
}
