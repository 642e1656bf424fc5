using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models;

/// <summary>
/// The protocol of sequence models: each user's newest item is the test, the one before it validates, and the model that is tested knows both the training
/// and the validation item of a user's history, though it has learned from the first alone.
/// </summary>
public static class NextItemExperiment
{
    /// <summary>Trains and evaluates.</summary>
    /// <param name="model">What to train. One that is not trained in epochs learns again from all of <see cref="TrainingData.Whole"/> before the test.</param>
    /// <param name="settings">How.</param>
    /// <param name="data">All but the test items; the newest are held out.</param>
    /// <param name="test">The test items, by dense index.</param>
    /// <param name="start">Parameters to start from; null: initial values.</param>
    /// <param name="onBest">Given the parameters after each epoch that is the best so far.</param>
    /// <param name="within">Asked for what takes long within an epoch, or the training of a model without any.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <exception cref="ArgumentException">The settings do not fit the data or the machine.</exception>
    /// <exception cref="TrainingException">Training broke down.</exception>
    public static Task<OfflineResult> RunAsync(
        ModelDefinition model, ModelSettings settings, TrainingData data, IReadOnlyCollection<(int User, int Item)> test,
        ModelCheckpoint? start = null, Action<ModelCheckpoint>? onBest = null, ProgressOf? within = null,
        CancellationToken cancellationToken = default) =>
        TrainingThread.RunAsync(() =>
        {
            model.Check(settings);
            using var recommender = model.Create(data, settings);
            var outcome = recommender.Fit(new() { Validation = data.Validation(), WarmStart = start, OnBest = onBest, Within = within }, cancellationToken);
            var testing = new RankingEvaluator(data.Whole.Interactions, data.Whole.Items, test);
            if (model.MaxEpochs(settings) > 0 && recommender.ServingVectors() is { } vectors)
                return new OfflineResult(outcome, testing.Evaluate(vectors.Score, cancellationToken)!.Value);
            var whole = TrainingData.Split(data.Whole, [], data.Features).WithTokens(data.Tokens);
            using var again = model.Create(whole, settings);
            again.Fit(new() { Validation = whole.Validation(), Within = within }, cancellationToken);
            return new OfflineResult(outcome, testing.Evaluate(again.Score, cancellationToken)!.Value);
        });
}
