using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>How a model was fitted.</summary>
/// <param name="Epochs">Epochs trained; 0 for a model that is not trained in epochs.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="Seconds">Training alone, without evaluation.</param>
/// <param name="Validation">Metrics on held-out interactions with those parameters; null: there were too few to decide by, so nothing was measured.</param>
public sealed record TrainingOutcome(int Epochs, int BestEpoch, double Seconds, RankingMetrics? Validation)
{
    /// <summary>Mean time of an epoch, without evaluation; 0 for a model that is not trained in epochs.</summary>
    public double SecondsPerEpoch => Epochs == 0 ? 0 : Seconds / Epochs;

    /// <summary>Users with something to validate on: fewer than <see cref="RankingEvaluator.FewestUsers"/> where nothing was measured.</summary>
    public int ValidationUsers { get; init; }

    /// <summary>What fitting itself decided, under the names that reports and manifests use.</summary>
    public IReadOnlyDictionary<string, string> Decided { get; init; } = new Dictionary<string, string>();

    /// <summary>Of a model that is not trained in epochs.</summary>
    /// <param name="seconds">What fitting took.</param>
    /// <param name="validation">Measures it.</param>
    /// <param name="score">The model, fitted.</param>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    public static TrainingOutcome AtOnce(double seconds, RankingEvaluator validation, ScoreUsers score, CancellationToken cancellationToken) =>
        new(0, 0, seconds, validation.Validate(score, cancellationToken)) { ValidationUsers = validation.Users };
}
