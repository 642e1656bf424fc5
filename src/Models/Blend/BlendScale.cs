using System.Numerics.Tensors;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Blend;

/// <summary>How much of the second model a blend takes.</summary>
/// <param name="Scale">Factor of the second model's scores; 0: it is left out.</param>
/// <param name="Share">The same in units of how far scores spread: at 1 both models have as much to say.</param>
/// <param name="Validation">Metrics of the blend; null: nothing was measured.</param>
internal sealed record BlendScale(double Scale, double Share, RankingMetrics? Validation)
{
    private static readonly double[] Shares = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5];

    /// <summary>The share with the best Recall@20 on validation: none, where none is better than the first model alone, and where nothing can be measured.</summary>
    /// <param name="first">The first model's scores.</param>
    /// <param name="second">The second's.</param>
    /// <param name="alone">What the first model has alone.</param>
    /// <param name="validation">What to measure on.</param>
    /// <param name="sample">Users whose scores show how far each model's spread.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="cancellationToken">Stops between shares.</param>
    internal static BlendScale Choose(
        ScoreUsers first, ScoreUsers second, RankingMetrics? alone, RankingEvaluator validation, int[] sample, int items, CancellationToken cancellationToken)
    {
        var best = new BlendScale(0, 0, alone);
        var unit = Spread(first, sample, items) / Spread(second, sample, items);
        // Scores that are all the same, or no numbers, have nothing to add.
        if (alone is null || !double.IsFinite(unit))
            return best;
        foreach (var share in Shares)
        {
            var metrics = validation.Evaluate(Added(first, second, (float)(share * unit)), cancellationToken);
            if (metrics?.Recall20 > best.Validation?.Recall20)
                best = new(share * unit, share, metrics);
        }
        return best;
    }

    private static ScoreUsers Added(ScoreUsers first, ScoreUsers second, float scale) => (users, scores) =>
    {
        first(users, scores);
        var others = new float[scores.Length];
        second(users, others);
        TensorPrimitives.MultiplyAdd(others, scale, scores, scores);
    };

    /// <summary>The standard deviation of a user's scores, the mean over users.</summary>
    private static double Spread(ScoreUsers score, int[] users, int items)
    {
        if (items == 0)
            return 0;
        var scores = new float[items];
        var sum = 0.0;
        foreach (var user in users)
        {
            score([user], scores);
            sum += TensorPrimitives.StdDev<float>(scores);
        }
        return sum / Math.Max(1, users.Length);
    }
}
