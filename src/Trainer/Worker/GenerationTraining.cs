using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// From a snapshot to a generation: hold out the newest interactions, train on the rest from where the last run ended, and take the vectors
/// to serve from the best parameters over all of the snapshot, so that the newest interactions count.
/// </summary>
internal sealed partial class GenerationTraining(IOptions<TrainerOptions> options, CheckpointStore checkpoints, ILogger<GenerationTraining> logger)
{
    /// <exception cref="TrainingException">Training broke down, there is nothing to train on, or the model can't be served.</exception>
    internal Task<ModelGeneration> RunAsync(GraphSnapshot snapshot, IProgress<TrainingProgress> progress, CancellationToken cancellationToken) =>
        TrainingThread.RunAsync(() => Run(snapshot, progress, cancellationToken));

    private ModelGeneration Run(GraphSnapshot snapshot, IProgress<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        if (snapshot.Interactions.Count == 0)
            throw new TrainingException($"Snapshot {snapshot.Info.Number} has no interactions to learn from.");
        var settings = options.Value;
        var definition = ModelCatalogue.Get(settings.Model);
        var data = TrainingData.HoldOutNewest(snapshot, settings.MaxValidationUsers == 0 ? int.MaxValue : settings.MaxValidationUsers, cancellationToken: cancellationToken);
        using var model = definition.Create(data, settings.ModelSettings);
        var outcome = model.Fit(
            new()
            {
                Validation = data.Validation(),
                WarmStart = checkpoints.TryLoad(),
                OnWarmStart = result => Report(result, snapshot),
                OnBest = checkpoints.Save,
                Progress = progress,
            },
            cancellationToken);
        var vectors = model.ServingVectors()
            ?? throw new TrainingException($"The model {definition.Name} has no vectors, so it can be evaluated but not served. Set {TrainerOptions.Section}:{nameof(TrainerOptions.Model)} to another.");
        return ToGeneration(snapshot, vectors, outcome, definition, settings);
    }

    private void Report(WarmStartResult result, GraphSnapshot snapshot)
    {
        LogWarmStart(result.Users, snapshot.Users, result.Items, snapshot.Items);
        foreach (var name in result.Reset)
            LogReset(name);
    }

    private static ModelGeneration ToGeneration(GraphSnapshot snapshot, ModelVectors vectors, TrainingOutcome outcome, ModelDefinition definition, TrainerOptions settings) => new()
    {
        Dimension = vectors.Width,
        ItemIds = snapshot.ItemIds,
        ItemVectors = vectors.Items,
        Popularity = Degrees.OfItems(snapshot.Interactions, snapshot.Items),
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
        Settings = new Dictionary<string, string>(definition.Describe(settings.ModelSettings))
        {
            ["model"] = definition.Name,
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        },
    };

    [LoggerMessage(3101, LogLevel.Information, "Warm start: {KnownUsers} of {Users} users and {KnownItems} of {Items} items are known from the last run")]
    private partial void LogWarmStart(int knownUsers, int users, int knownItems, int items);

    [LoggerMessage(3102, LogLevel.Warning, "Warm start: {Parameter} is new or has another shape than in the last run; it starts from initial values")]
    private partial void LogReset(string parameter);
}
