using System.Numerics.Tensors;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Blend;

/// <summary>
/// How much of the second model a blend takes: by one factor for all users, or by one for each, which gives both models' scores of that user the same spread.
/// </summary>
/// <param name="Share">The second model's part in units of how far scores spread: at 1 both models have as much to say; 0: it is left out.</param>
/// <param name="Unit">The spread of the first model's scores over that of the second's, a mean over users.</param>
/// <param name="PerUser">Whether each user's own spreads count in place of the mean.</param>
/// <param name="Validation">Metrics of the blend; null: nothing was measured.</param>
internal sealed record BlendScale(double Share, double Unit, bool PerUser, RankingMetrics? Validation)
{
    private static readonly double[] Shares = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5];

    /// <summary>The first model alone.</summary>
    internal static BlendScale None { get; } = new(0, 0, false, null);

    /// <summary>Factor of the second model's scores: for all users, or for those whose spreads are as the mean.</summary>
    internal double Scale => Share * Unit;

    /// <summary>
    /// The best Recall@20 on validation, of all shares, by one factor and by each user's: none, where none is better than the first model alone, and where
    /// nothing can be measured.
    /// </summary>
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
        var best = None with { Validation = alone };
        var unit = MeanSpread(first, sample, items) / MeanSpread(second, sample, items);
        // Scores that are all the same, or no numbers, have nothing to add.
        if (alone is null || !double.IsFinite(unit))
            return best;
        foreach (var perUser in (bool[])[false, true])
            foreach (var share in Shares)
            {
                var scale = new BlendScale(share, unit, perUser, null);
                var metrics = validation.Evaluate(scale.Added(first, second, items), cancellationToken);
                if (metrics?.Recall20 > best.Validation?.Recall20)
                    best = scale with { Validation = metrics };
            }
        return best;
    }

    /// <summary>Factor of the second model's scores for one user. Where one of the models has no opinion of the user, it is the same as for all.</summary>
    /// <param name="first">How far the first model's scores spread for that user.</param>
    /// <param name="second">How far the second's do.</param>
    internal float For(float first, float second) => (float)(PerUser && first > 0 && second > 0 ? Share * first / second : Scale);

    /// <summary>The scores of both, added up.</summary>
    /// <param name="first">The first model.</param>
    /// <param name="second">The second.</param>
    /// <param name="items">Number of items.</param>
    internal ScoreUsers Added(ScoreUsers first, ScoreUsers second, int items) => (users, scores) =>
    {
        scores = scores[..(users.Length * items)];
        first(users, scores);
        if (Scale == 0)
            return;
        var others = new float[scores.Length];
        second(users, others);
        for (var start = 0; start < others.Length; start += items)
        {
            var one = scores.Slice(start, items);
            var other = others.AsSpan(start, items);
            var factor = PerUser ? For(ScoreSpread.Of(one), ScoreSpread.Of(other)) : (float)Scale;
            TensorPrimitives.MultiplyAdd(other, factor, one, one);
        }
    };

    private static double MeanSpread(ScoreUsers score, int[] users, int items)
    {
        var scores = new float[items];
        var sum = 0.0;
        foreach (var user in users)
        {
            score([user], scores);
            sum += ScoreSpread.Of(scores);
        }
        return sum / Math.Max(1, users.Length);
    }
}
