using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>How a model was fitted.</summary>
/// <param name="Epochs">Epochs trained; 0 for a model that is not trained in epochs.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="SecondsPerEpoch">Training alone, without evaluation.</param>
/// <param name="Validation">Metrics on held-out interactions with those parameters.</param>
public sealed record TrainingOutcome(int Epochs, int BestEpoch, double SecondsPerEpoch, RankingMetrics Validation);
