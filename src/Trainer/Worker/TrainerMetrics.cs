using System.Diagnostics.Metrics;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>The Trainer's metrics, meter Rearm.Streaming.Trainer.</summary>
internal sealed class TrainerMetrics
{
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _epochSeconds;
    private readonly Gauge<double> _recall;
    private readonly Counter<long> _gate;
    private readonly Gauge<double> _difference;

    public TrainerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rearm.Streaming.Trainer");
        _runs = meter.CreateCounter<long>("rearm.trainer.runs", description: "Runs finished, by outcome");
        _epochSeconds = meter.CreateHistogram<double>("rearm.trainer.epoch.duration", "s", "Time of an epoch, evaluation included");
        _recall = meter.CreateGauge<double>("rearm.trainer.recall", description: "Recall@20 on held-out interactions of the newest generation");
        _gate = meter.CreateCounter<long>(
            "rearm.trainer.gate.comparisons", description: "Generations compared with the one served, by outcome and whether they were published");
        _difference = meter.CreateGauge<double>(
            "rearm.trainer.gate.difference", description: "Recall@20 of the newest generation compared, less that of the one served then, for the same users");
    }

    internal void Epoch(TrainingProgress progress) => _epochSeconds.Record(progress.Seconds);

    internal void Published(IReadOnlyDictionary<string, double> metrics)
    {
        _runs.Add(1, new KeyValuePair<string, object?>("outcome", "published"));
        if (metrics.TryGetValue("recall@20", out var recall))
            _recall.Record(recall);
    }

    /// <summary>A run has been compared with what is served.</summary>
    internal void Compared(QualityGate gate)
    {
        _gate.Add(1, new KeyValuePair<string, object?>("outcome", gate.Outcome.ToString()), new KeyValuePair<string, object?>("published", gate.Published));
        if (gate.HasRecall)
            _difference.Record(gate.Difference);
    }

    internal void KeptOut() => _runs.Add(1, new KeyValuePair<string, object?>("outcome", "kept_out"));

    internal void Failed() => _runs.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
}
