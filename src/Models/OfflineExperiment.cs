using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models;

/// <summary>The offline protocol (5.1) on a data set, without Kafka or Redis: train, stop early on validation, report on test at the best epoch.</summary>
public static class OfflineExperiment
{
    /// <summary>Trains and evaluates.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="settings">How.</param>
    /// <param name="data">Training and validation interactions.</param>
    /// <param name="test">Test pairs, by dense index.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cutOffs">How many of a ranking's first items count, besides 10 and 20.</param>
    /// <param name="within">Asked for what takes long within an epoch, or the training of a model without any.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <exception cref="ArgumentException">The settings do not fit the data or the machine.</exception>
    /// <exception cref="TrainingException">Training broke down.</exception>
    public static Task<OfflineResult> RunAsync(
        ModelDefinition model, ModelSettings settings, TrainingData data, IReadOnlyCollection<(int User, int Item)> test,
        IProgress<TrainingProgress>? progress = null, IReadOnlyList<int>? cutOffs = null, ProgressOf? within = null,
        CancellationToken cancellationToken = default) =>
        TrainingThread.RunAsync(() =>
        {
            if (test.Count == 0)
                throw new ArgumentException("There are no test pairs, so there is nothing to measure.", nameof(test));
            model.Check(settings);
            using var recommender = model.Create(data, settings);
            var outcome = recommender.Fit(new() { Validation = data.Validation(cutOffs), Progress = progress, Within = within }, cancellationToken);
            var testing = new RankingEvaluator(data.Train.Interactions, data.Train.Items, test, cutOffs);
            RankingMetrics Test(IRecommender tested) => testing.Evaluate(tested.Score, cancellationToken)!.Value;
            return new OfflineResult(outcome, Test(recommender)) { Parts = recommender.Parts.ToDictionary(part => part.Name, part => Test(part.Model)) };
        });
}
