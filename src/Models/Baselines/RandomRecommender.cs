using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Baselines;

/// <summary>A random order for each user, the same for the same seed: the floor of every metric. It has scores only.</summary>
internal sealed class RandomRecommender(TrainingData data, int seed) : IRecommender
{
    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken) =>
        TrainingOutcome.AtOnce(0, options.Validation, Score, cancellationToken);

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        var items = data.Train.Items;
        for (var i = 0; i < users.Length; i++)
        {
            var random = new Random(Mix(users[i]));
            foreach (ref var score in scores.Slice(i * items, items))
                score = random.NextSingle();
        }
    }

    /// <inheritdoc/>
    public ModelVectors? ServingVectors() => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // Not System.HashCode, which differs from process to process.
    private int Mix(int user) => unchecked((seed * 486187739) ^ (user * 0x5bd1e995));
}
