using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>How a model was fitted.</summary>
/// <param name="Epochs">Epochs trained; 0 for a model that is not trained in epochs.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="Seconds">Training alone, without evaluation.</param>
/// <param name="Validation">Metrics on held-out interactions with those parameters; null: there were none, so nothing was measured.</param>
public sealed record TrainingOutcome(int Epochs, int BestEpoch, double Seconds, RankingMetrics? Validation)
{
    /// <summary>Mean time of an epoch, without evaluation; 0 for a model that is not trained in epochs.</summary>
    public double SecondsPerEpoch => Epochs == 0 ? 0 : Seconds / Epochs;

    /// <summary>What fitting itself decided, under the names that reports and manifests use.</summary>
    public IReadOnlyDictionary<string, string> Decided { get; init; } = new Dictionary<string, string>();
}
