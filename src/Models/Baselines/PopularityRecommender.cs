using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Baselines;

/// <summary>The items with most users, the same for everybody: what any other model has to beat.</summary>
internal sealed class PopularityRecommender(TrainingData data) : IRecommender
{
    private readonly float[] _popularity = Count(data.Train.Interactions, data.Train.Items);

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken) =>
        TrainingOutcome.AtOnce(0, options.Validation, Score, cancellationToken);

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        for (var i = 0; i < users.Length; i++)
            _popularity.CopyTo(scores[(i * _popularity.Length)..]);
    }

    /// <summary>One number each: 1 for a user, its number of users for an item.</summary>
    public ModelVectors ServingVectors() =>
        new(1, [.. Enumerable.Repeat(1f, data.Whole.Users)], Count(data.Whole.Interactions, data.Whole.Items));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static float[] Count(Contracts.Snapshots.InteractionMatrix interactions, int items) =>
        Array.ConvertAll(Degrees.OfItems(interactions, items), degree => (float)degree);
}
