using System.Globalization;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>What a run gave.</summary>
/// <param name="Generation">The generation.</param>
/// <param name="Gate">How it compared with the one being served.</param>
internal sealed record TrainedGeneration(ModelGeneration Generation, QualityGate Gate)
{
    /// <summary>The generation with what was measured beside the served one in its manifest.</summary>
    internal ModelGeneration Described => Generation with
    {
        Metrics = Gate.HasRecall
            ? new Dictionary<string, double>(Generation.Metrics)
            {
                ["gate_users"] = Gate.Users,
                ["gate_recall@20"] = Gate.Recall,
                ["gate_served_recall@20"] = Gate.ServedRecall,
                ["gate_difference_low"] = Gate.Low,
                ["gate_difference_high"] = Gate.High,
            }
            : Generation.Metrics,
        Settings = new Dictionary<string, string>(Generation.Settings)
        {
            ["gate"] = $"{Words}{(Gate.Forced ? ", forced" : "")}",
            ["gate_served"] = Gate.Served.ToString(CultureInfo.InvariantCulture),
        },
    };

    private string Words => Gate.Outcome switch
    {
        QualityGate.Types.Outcome.First => "first",
        QualityGate.Types.Outcome.Better => "better",
        QualityGate.Types.Outcome.NotWorse => "not worse",
        QualityGate.Types.Outcome.Worse => "worse",
        _ => "not measured",
    };
}
