using System.Diagnostics.Metrics;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>What the join is doing, for the status and the metrics. Thread-safe.</summary>
internal sealed class ImpressionState
{
    private readonly Counter<long> _lists;
    private readonly Counter<long> _shown;
    private readonly Counter<long> _clicks;
    private volatile ImpressionStatus? _status;

    public ImpressionState(IMeterFactory meters)
    {
        var meter = meters.Create(GraphBuilderMetrics.MeterName);
        _lists = meter.CreateCounter<long>("rearm.graph_builder.impressions.lists", "{answer}", "Answers shown to users, by generation and arm.");
        _shown = meter.CreateCounter<long>("rearm.graph_builder.impressions.shown", "{item}", "Items in them.");
        _clicks = meter.CreateCounter<long>("rearm.graph_builder.impressions.clicks", "{item}", "Items of them that the user touched within the window.");
        meter.CreateObservableCounter(
            "rearm.graph_builder.impressions.forgotten", () => _status?.Forgotten ?? 0, "{item}", "Items shown that were forgotten before the window's end.");
    }

    /// <summary>The newest report; null while there are no impressions.</summary>
    public ImpressionStatus? Status => _status?.Clone();

    /// <summary>Replaces the report.</summary>
    public void Report(ImpressionStatus? status) => _status = status;

    /// <summary>Something was counted.</summary>
    public void Count(ArmTally tally, int shown, int clicks)
    {
        if (shown > 0)
        {
            _lists.Add(1, tally.Labels);
            _shown.Add(shown, tally.Labels);
        }
        if (clicks > 0)
            _clicks.Add(clicks, tally.Labels);
    }
}
