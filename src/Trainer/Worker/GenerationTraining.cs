using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Trainer.Adjacency;
using Rearm.Streaming.Trainer.Checkpoints;
using Rearm.Streaming.Trainer.Evaluation;
using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// From a snapshot to a generation: hold out the newest interactions, train on the rest from where the last run ended, and compute the
/// vectors to serve with the best parameters over the whole snapshot's graphs, so that the newest interactions count.
/// </summary>
internal sealed partial class GenerationTraining(IOptions<TrainerOptions> options, CheckpointStore checkpoints, ILogger<GenerationTraining> logger)
{
    /// <exception cref="TrainingException">Training broke down, or there is nothing to train on.</exception>
    internal Task<ModelGeneration> RunAsync(GraphSnapshot snapshot, IProgress<TrainingProgress> progress, CancellationToken cancellationToken) =>
        TrainingThread.RunAsync(() => Run(snapshot, progress, cancellationToken));

    private ModelGeneration Run(GraphSnapshot snapshot, IProgress<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        if (snapshot.Interactions.Count == 0)
            throw new TrainingException($"Snapshot {snapshot.Info.Number} has no interactions to learn from.");
        var settings = options.Value;
        var (parameters, modalities) = (settings.Parameters(), settings.ModalityNames());
        var device = TrainingDevice.Open(settings.Device, settings.Threads);

        var heldOut = HoldOut.Newest(snapshot, settings.MaxValidationUsers == 0 ? int.MaxValue : settings.MaxValidationUsers);
        var cut = heldOut.Count == 0 ? snapshot : GraphCut.Without(snapshot, heldOut, cancellationToken);
        using var run = new TrainingRun(cut, parameters, modalities, settings.Seed, device);
        WarmStart(run, snapshot);
        var validation = new RankingEvaluator(cut.Interactions, cut.Items, heldOut);
        var outcome = run.Run(validation, _ => checkpoints.Save(ModelCheckpoint.Of(run.Model, snapshot)), progress, cancellationToken);

        using var whole = RearmInputs.From(snapshot, parameters, modalities, TorchSharp.torch.ScalarType.Float32, device);
        var vectors = NodeVectors.Compute(run.Model, whole);
        if (!vectors.AreFinite)
            throw new TrainingException($"The vectors trained on snapshot {snapshot.Info.Number} are not all finite numbers; nothing is published. Try a smaller learning rate than {parameters.LearningRate:g}.");
        return ToGeneration(snapshot, vectors, outcome, parameters, settings);
    }

    private void WarmStart(TrainingRun run, GraphSnapshot snapshot)
    {
        if (checkpoints.TryLoad() is not { } checkpoint)
            return;
        var result = checkpoint.CopyTo(run.Model, snapshot);
        LogWarmStart(result.Users, snapshot.Users, result.Items, snapshot.Items);
        foreach (var name in result.Fresh)
            LogFresh(name);
    }

    private static ModelGeneration ToGeneration(GraphSnapshot snapshot, NodeVectors vectors, TrainingOutcome outcome, RearmHyperParameters parameters, TrainerOptions settings) => new()
    {
        Dimension = vectors.Width,
        ItemIds = snapshot.ItemIds,
        ItemVectors = vectors.Items,
        Popularity = MostActive.ItemDegrees(snapshot.Interactions, snapshot.Items),
        Categories = snapshot.Categories,
        Available = snapshot.Available,
        UserIds = snapshot.UserIds,
        UserVectors = vectors.Users,
        Snapshot = snapshot.Info,
        Metrics = new Dictionary<string, double>(outcome.Validation.ToDictionary())
        {
            ["epochs"] = outcome.Epochs,
            ["best_epoch"] = outcome.BestEpoch,
            ["seconds_per_epoch"] = outcome.SecondsPerEpoch,
        },
        Settings = new Dictionary<string, string>
        {
            ["model"] = "rearm",
            ["preset"] = settings.Preset,
            ["learning_rate"] = parameters.LearningRate.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = parameters.BatchSize.ToString(CultureInfo.InvariantCulture),
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        },
    };

    [LoggerMessage(3101, LogLevel.Information, "Warm start: {KnownUsers} of {Users} users and {KnownItems} of {Items} items are known from the last run")]
    private partial void LogWarmStart(int knownUsers, int users, int knownItems, int items);

    [LoggerMessage(3102, LogLevel.Warning, "Warm start: {Parameter} has another shape than in the last run and starts afresh")]
    private partial void LogFresh(string parameter);
}
