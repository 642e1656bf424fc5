using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Trainer.Gate;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// From a snapshot to a generation: hold out the newest interactions, train on the rest from where the last run ended, and take the vectors
/// to serve from the best parameters over all of the snapshot, so that the newest interactions count.
/// </summary>
internal sealed partial class GenerationTraining(
    IOptions<TrainerOptions> options, CheckpointStore checkpoints, RunStateStore runs, GenerationGate gate, ILogger<GenerationTraining> logger)
{
    /// <summary>The models' view of a snapshot, with the newest interactions held out; shared by the models that are trained on it.</summary>
    /// <exception cref="TrainingException">There is nothing to train on.</exception>
    internal Task<TrainingData> PrepareAsync(GraphSnapshot snapshot, CancellationToken cancellationToken, ProgressOf? within = null)
    {
        var most = options.Value.MaxValidationUsers == 0 ? int.MaxValue : options.Value.MaxValidationUsers;
        return TrainingThread.RunAsync(() => snapshot.Interactions.Count == 0
            ? throw new TrainingException(
                $"Snapshot {snapshot.Info.Number} has no interactions to learn from. Send some to the Ingestor; the next snapshot is trained on.")
            : TrainingData.HoldOutNewest(snapshot, most, progress: within, cancellationToken: cancellationToken));
    }

    /// <summary>A generation of the configured model, from where this run was interrupted, or else from where the last one ended.</summary>
    /// <exception cref="TrainingException">Training broke down, or the model can't be served.</exception>
    internal Task<TrainedGeneration> RunAsync(
        TrainingData data, GatePlan plan, IProgress<TrainingProgress> progress, CancellationToken cancellationToken, ProgressOf? within = null) =>
        TrainingThread.RunAsync(() =>
    {
        var (model, settings, start) = (ModelCatalogue.Get(options.Value.Model), options.Value.ModelSettings, options.Value.Start);
        var run = RunIdentity.Of(data.Whole, model, settings, options.Value.MaxValidationUsers, start?.Checksum ?? "", plan.Identity);
        var description = new CheckpointDescription(model.Name, HyperParameters(model, settings), RunIdentity.NameOf(run), start?.Checksum ?? "");
        var own = checkpoints.TryLoad();
        // What has come of the file is better than the file.
        var isStart = start is not null && own?.Description?.StartedFrom != start.Checksum;
        try
        {
            var trained = Run(data, plan, model, settings, new()
            {
                Validation = new(data.Train.Interactions, data.Train.Items, plan.Validation),
                WarmStart = isStart ? start!.Checkpoint : own,
                States = runs.Of(run, data.Whole),
                OnWarmStart = result =>
                {
                    if (isStart)
                        Report(result, data.Whole, start!);
                    else
                        Report(result, data.Whole);
                },
                OnBest = checkpoint => checkpoints.Save(checkpoint with { Description = description }),
                Progress = progress,
                Within = within,
            }, cancellationToken);
            var generation = trained.Generation;
            return trained with { Generation = generation with { Settings = new Dictionary<string, string>(generation.Settings) { ["run"] = description.Run } } };
        }
        catch (TrainingException e) when (e.IsNotFinite)
        {
            // Whatever it started from may be the reason, and would be again. For memory that ran out, and what is set wrongly, it is not.
            checkpoints.Discard();
            runs.Clear();
            throw;
        }
    });

    /// <summary>The generation of the run has been published: there is nothing to go on with.</summary>
    internal void Finish() => runs.Clear();

    /// <summary>
    /// The generation of the run was kept out: the next run does not start from its parameters. Its state is kept, so that the same run, asked for again,
    /// ends at once.
    /// </summary>
    internal void KeptOut() => checkpoints.Discard("The generation was kept out");

    /// <summary>A generation of a quick model, by its defaults: preset, epochs and the like are meant for the configured one.</summary>
    /// <inheritdoc cref="RunAsync"/>
    internal Task<TrainedGeneration> RunFirstAsync(
        ModelDefinition model, TrainingData data, GatePlan plan, CancellationToken cancellationToken, ProgressOf? within = null) =>
        TrainingThread.RunAsync(() => Run(
            data, plan, model, options.Value.DefaultSettings, new() { Validation = data.Validation(), Within = within }, cancellationToken));

    private TrainedGeneration Run(
        TrainingData data, GatePlan plan, ModelDefinition definition, ModelSettings settings, FitOptions fit, CancellationToken cancellationToken)
    {
        using var model = definition.Create(data, settings);
        var outcome = model.Fit(fit, cancellationToken);
        var compared = gate.Compare(plan, data, model.Score, cancellationToken);
        var vectors = model.ServingVectors()
            ?? throw new TrainingException($"The model {definition.Name} has no vectors, so it can be evaluated but not served. Set {TrainerOptions.Section}:{nameof(TrainerOptions.Model)} to another.");
        return new(ToGeneration(data, vectors, outcome, definition, settings, fit.Validation.Users), compared);
    }

    private static Dictionary<string, string> HyperParameters(ModelDefinition model, ModelSettings settings) =>
        (model.Values ?? model.Describe)(settings).Where(parameter => model.Parameters.Contains(parameter.Key)).ToDictionary();

    private void Report(WarmStartResult result, GraphSnapshot snapshot, ModelFile start)
    {
        start.RequireFit(result);
        LogStart(start.Path, result.Loaded, result.Items, snapshot.Items);
        foreach (var name in result.Reset)
            LogNotInFile(name);
    }

    private void Report(WarmStartResult result, GraphSnapshot snapshot)
    {
        LogWarmStart(result.Users, snapshot.Users, result.Items, snapshot.Items);
        foreach (var name in result.Reset)
            LogReset(name);
    }

    private static ModelGeneration ToGeneration(
        TrainingData data, ModelVectors vectors, TrainingOutcome outcome, ModelDefinition definition, ModelSettings settings, int validated) => new()
        {
            Dimension = vectors.Width,
            ItemIds = data.Whole.ItemIds,
            ItemVectors = vectors.Items,
            Popularity = Degrees.OfItems(data.Whole.Interactions, data.Whole.Items),
            Categories = data.Whole.Categories,
            Available = data.Whole.Available,
            Graphs = [
                ItemGraph.Of("", data.Whole.ItemCooccurrence),
                .. data.Whole.Modalities.Zip(data.Whole.ItemSemantic, (modality, graph) => ItemGraph.Of(modality.Name, graph))],
            UserIds = data.Whole.UserIds,
            UserVectors = vectors.Users,
            UserEncoder = vectors.Encoder,
            ItemEncoder = vectors.ItemEncoder,
            Snapshot = data.Whole.Info,
            // What was not measured is left out: it is not 0.
            Metrics = new Dictionary<string, double>(outcome.Validation?.ToDictionary() ?? new Dictionary<string, double>())
            {
                ["validation_users"] = validated,
                ["epochs"] = outcome.Epochs,
                ["best_epoch"] = outcome.BestEpoch,
                ["seconds_per_epoch"] = outcome.SecondsPerEpoch,
            },
            Settings = new Dictionary<string, string>([.. definition.Describe(settings), .. outcome.Decided])
            {
                ["model"] = definition.Name,
                ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
            },
        };

    [LoggerMessage(3101, LogLevel.Information, "Warm start: {KnownUsers} of {Users} users and {KnownItems} of {Items} items are known from the last run")]
    private partial void LogWarmStart(int knownUsers, int users, int knownItems, int items);

    [LoggerMessage(3103, LogLevel.Information, "Starting from {Path}: {Parameters} parameters of it, {KnownItems} of {Items} items are known by id")]
    private partial void LogStart(string path, int parameters, int knownItems, int items);

    [LoggerMessage(3104, LogLevel.Warning, "The model file has no {Parameter}; it starts from initial values")]
    private partial void LogNotInFile(string parameter);

    [LoggerMessage(3102, LogLevel.Warning, "Warm start: {Parameter} is new or has another shape than in the last run; it starts from initial values")]
    private partial void LogReset(string parameter);
}
