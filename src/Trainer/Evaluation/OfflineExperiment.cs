using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.Training;

namespace Rearm.Streaming.Trainer.Evaluation;

/// <summary>The offline protocol (5.1) on a data set, without Kafka or Redis: train, stop early on validation, report on test at the best epoch.</summary>
public static class OfflineExperiment
{
    /// <summary>How to cut a data set's graphs for these parameters.</summary>
    public static GraphSettings GraphSettingsFor(RearmHyperParameters parameters) =>
        new() { UserNeighbors = parameters.UserNeighbors, ItemNeighbors = parameters.ItemNeighbors };

    /// <summary>Trains and evaluates.</summary>
    /// <param name="train">The training interactions, their graphs (<see cref="SnapshotAssembler"/>) and the items' features.</param>
    /// <param name="valid">Validation pairs; none: the newest interaction of users who have three, taken out of training.</param>
    /// <param name="test">Test pairs.</param>
    /// <param name="options">What to train and how.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <exception cref="ArgumentException">An unknown model or modality.</exception>
    /// <exception cref="TrainingException">Training broke down.</exception>
    public static Task<OfflineResult> RunAsync(
        GraphSnapshot train, IReadOnlyCollection<(int User, int Item)> valid, IReadOnlyCollection<(int User, int Item)> test,
        OfflineOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        TrainingThread.RunAsync(() => Run(train, valid, test, options, progress, cancellationToken));

    private static OfflineResult Run(
        GraphSnapshot train, IReadOnlyCollection<(int User, int Item)> valid, IReadOnlyCollection<(int User, int Item)> test,
        OfflineOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (valid.Count == 0)
        {
            valid = HoldOut.Newest(train, int.MaxValue);
            train = GraphCut.Without(train, valid, cancellationToken);
        }
        var validation = new RankingEvaluator(train.Interactions, train.Items, valid);
        var testing = new RankingEvaluator(train.Interactions, train.Items, test);
        if (options.Model == OfflineOptions.Rearm)
        {
            var device = TrainingDevice.Open(options.Device, options.Threads);
            using var run = new TrainingRun(train, options.Parameters, options.Modalities, options.Seed, device);
            var outcome = run.Run(validation, onBest: null, progress, cancellationToken);
            return new(outcome.Epochs, outcome.BestEpoch, outcome.SecondsPerEpoch, outcome.Validation, testing.Evaluate(run.Vectors().Score, cancellationToken));
        }
        var baseline = options.Model switch
        {
            OfflineOptions.Popularity => Baselines.Popularity(train.Interactions, train.Items),
            OfflineOptions.Random => Baselines.Random(train.Items, options.Seed),
            _ => throw new ArgumentException($"There is no model \"{options.Model}\"; choose one of {string.Join(", ", OfflineOptions.Models)}.", nameof(options)),
        };
        return new(0, 0, 0, validation.Evaluate(baseline, cancellationToken), testing.Evaluate(baseline, cancellationToken));
    }
}
