using System.Diagnostics;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.ItemKnn;

/// <summary>What is most like the user's newest item: what any model of sequences has to beat. It has scores only.</summary>
/// <param name="data">What to learn from.</param>
/// <param name="hyper">Which neighbours an item has.</param>
internal sealed class LastItemRecommender(TrainingData data, ItemKnnHyperParameters hyper) : IRecommender
{
    private readonly UserSequences _sequences = UserSequences.Of(data.Train, _ => true);
    private ItemKnnWeights? _weights;

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        _weights?.Dispose();
        _weights = new(ItemSimilarity.Nearest(
            InteractionWeights.Relative(data.Train.Interactions), data.Train.Items, hyper, IdOrder.Ranks(data.Train.ItemIds),
            GraphSettings.From(data.Train.Settings).MaxItemsPerUser, cancellationToken));
        return TrainingOutcome.AtOnce(clock.Elapsed.TotalSeconds, options.Validation, Score, cancellationToken);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        var weights = _weights ?? throw new InvalidOperationException("The model has not been fitted.");
        var items = data.Train.Items;
        scores[..(users.Length * items)].Clear();
        for (var i = 0; i < users.Length; i++)
            if (_sequences[users[i]] is [.., var newest])
                weights.AddRow(newest, 1, scores.Slice(i * items, items));
    }

    /// <inheritdoc/>
    public ModelVectors? ServingVectors() => null;

    /// <inheritdoc/>
    public void Dispose() => _weights?.Dispose();
}
