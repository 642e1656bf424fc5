using System.Diagnostics.Metrics;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>What the join is doing, for the status and the metrics. Thread-safe.</summary>
internal sealed class ImpressionState
{
    private readonly Counter<long> _lists;
    private readonly Counter<long> _shown;
    private readonly Counter<long> _clicks;
    private volatile ImpressionStatus? _status;
    private volatile ClickFigures[] _rates = [];

    public ImpressionState(IMeterFactory meters)
    {
        var meter = meters.Create(GraphBuilderMetrics.MeterName);
        _lists = meter.CreateCounter<long>("rearm.graph_builder.impressions.lists", "{answer}", "Answers shown to users, by generation and arm.");
        _shown = meter.CreateCounter<long>("rearm.graph_builder.impressions.shown", "{item}", "Items in them.");
        _clicks = meter.CreateCounter<long>("rearm.graph_builder.impressions.clicks", "{item}", "Items of them that the user touched within the window.");
        meter.CreateObservableCounter(
            "rearm.graph_builder.impressions.forgotten", () => _status?.Forgotten ?? 0, "{item}", "Items shown that were forgotten before the window's end.");
        Rate("rate", "Clicks by items shown since the first, by generation and arm, of all users. Only the GraphBuilder that publishes tells.", f => f.Rate);
        Rate("rate.low", "Where its interval of 95% begins.", f => f.Low);
        Rate("rate.high", "Where that ends.", f => f.High);

        void Rate(string name, string description, Func<ClickFigures, double> value) => meter.CreateObservableGauge(
            $"rearm.graph_builder.impressions.{name}",
            () => _rates.Select(f => new Measurement<double>(value(f), ArmTally.LabelsOf(f.Counts))), description: description);
    }

    /// <summary>The newest report; null while there are no impressions.</summary>
    public ImpressionStatus? Status => _status?.Clone();

    /// <summary>Replaces the report.</summary>
    public void Report(ImpressionStatus? status) => _status = status;

    /// <summary>Replaces what is known of clicks, as the Server's status has it.</summary>
    /// <param name="sums">Of all partitions; empty where another process tells.</param>
    public void ReportRates(IReadOnlyCollection<ArmCounts> sums) =>
        // An arm's name may come again in another experiment; of two with the same labels the one clicked last is told.
        _rates = [.. sums.Where(c => c.Shown > 0).GroupBy(c => (c.Generation, c.Arm)).Select(same => ClickRate.Describe(same.MaxBy(c => c.Last)!))];

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
