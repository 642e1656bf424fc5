using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models;

/// <summary>How an experiment ended.</summary>
/// <param name="Training">Epochs, times and validation metrics.</param>
/// <param name="Test">Metrics on test pairs, with the parameters of the best epoch by validation.</param>
public sealed record OfflineResult(TrainingOutcome Training, RankingMetrics Test)
{
    /// <summary>Of a blend: metrics on test pairs of each model in it alone. Empty for others.</summary>
    public IReadOnlyDictionary<string, RankingMetrics> Parts { get; init; } = new Dictionary<string, RankingMetrics>();
}
