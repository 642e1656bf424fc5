using System.Diagnostics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Trainer.Gate;
using StackExchange.Redis;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// The worker's loop: watch for snapshots, train when a run is due or requested, publish. A run that fails is reported and leaves the served
/// generation as it is; the next trigger retries.
/// </summary>
internal sealed partial class TrainingWorker(
    SnapshotReader snapshots, GenerationReader generations, GenerationTraining training, GenerationGate gate, GenerationPublisher publisher, TrainerDuty duty,
    TrainerState state, TrainerMetrics metrics, IOptions<TrainerOptions> options, TimeProvider time, ILogger<TrainingWorker> logger) : BackgroundService
{
    private readonly TrainingTrigger _trigger = new(options.Value, time);
    private bool _redisDown;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        try
        {
            do
                await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
        finally
        {
            await duty.EndAsync();
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await duty.TryTakeUpAsync(cancellationToken))
            {
                _redisDown = false;
                return;
            }
            var requested = state.Requested;
            var info = await snapshots.CurrentInfoAsync(cancellationToken);
            _redisDown = false;
            if (info is null && requested)
                state.Waiting("Waiting for the first snapshot.");
            else if (info is not null && (requested || _trigger.IsDue(info)))
                await RunAsync(info, cancellationToken);
        }
        catch (ContractException e) when (state.Requested)
        {
            // Who asked for a run is told why there is none.
            metrics.Failed();
            state.Failed(e.Message);
            LogFailed(e, e.Message);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ContractException)
        {
            if (!_redisDown)
                LogNoSnapshot(e.Message);
            _redisDown = true;
        }
    }

    private async Task RunAsync(SnapshotInfo info, CancellationToken cancellationToken)
    {
        // Goes on with the trace of the snapshot's publication.
        ActivityContext.TryParse(info.Traceparent, traceState: null, isRemote: true, out var snapshotSpan);
        using var span = TrainerTracing.Source.StartActivity("train", ActivityKind.Internal, snapshotSpan);
        span?.SetTag("rearm.snapshot.number", info.Number);
        try
        {
            // The preset file is read anew for each run.
            state.Training(info, ModelCatalogue.Get(options.Value.Model).MaxEpochs(options.Value.ModelSettings));
            await duty.RunAsync(TrainAsync, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever went wrong, the service stays up, and the served generation stays current.
            metrics.Failed();
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            state.Failed(e.Message);
            LogFailed(e, e.Message);
            _trigger.Failed(info);
        }
    }

    private async Task TrainAsync(CancellationToken cancellationToken)
    {
        using var progress = new ProgressLog(logger, time);
        var snapshot = await snapshots.ReadAsync(cancellationToken, progress.Begin);
        var info = snapshot.Info;
        LogTraining(info.Number, snapshot.Users, snapshot.Items, info.Interactions);
        var data = await training.PrepareAsync(snapshot, cancellationToken, progress.Begin);
        var plan = await gate.PlanAsync(data, cancellationToken);
        await PublishFirstAsync(data, plan, progress.Begin, cancellationToken);
        var trained = await training.RunAsync(data, plan, new EpochReport(this), cancellationToken, progress.Begin);
        var allowed = gate.Allows(trained.Gate);
        trained.Gate.Published = allowed || state.Forced;
        trained.Gate.Forced = trained.Gate.Published && !allowed;
        metrics.Compared(trained.Gate);
        if (trained.Gate.Published)
            await PublishAsync(trained, info, progress.Begin, cancellationToken);
        else
            KeepOut(trained.Gate);
        _trigger.Succeeded(info);
    }

    private async Task PublishAsync(TrainedGeneration trained, SnapshotInfo info, ProgressOf progress, CancellationToken cancellationToken)
    {
        state.Publishing();
        var generation = trained.Described;
        var number = await PublishAsync(generation, progress, cancellationToken);
        training.Finish();
        state.Published(number, info.Hash, generation.Metrics, trained.Gate);
        metrics.Published(generation.Metrics);
        ReportPublished(number, info, generation);
        if (trained.Gate.Outcome != QualityGate.Types.Outcome.First)
            LogCompared(trained.Gate.Outcome, trained.Gate.Reason);
    }

    private void KeepOut(QualityGate answer)
    {
        training.KeptOut();
        state.KeptOut(answer);
        metrics.KeptOut();
        LogKeptOut(answer.Served, answer.Reason);
    }

    private async Task<long> PublishAsync(ModelGeneration generation, ProgressOf progress, CancellationToken cancellationToken)
    {
        using var span = TrainerTracing.Source.StartActivity("publish generation");
        var number = await publisher.PublishAsync(generation, cancellationToken, progress);
        span?.SetTag("rearm.generation.number", number);
        return number;
    }

    /// <summary>While nobody has a personal answer yet, a quick model is served until the configured one is trained.</summary>
    private async Task PublishFirstAsync(TrainingData data, GatePlan plan, ProgressOf progress, CancellationToken cancellationToken)
    {
        var name = options.Value.FirstGeneration;
        if (name == TrainerOptions.NoFirstGeneration || ModelCatalogue.Get(options.Value.Model).MaxEpochs(options.Value.ModelSettings) == 0
            || await generations.ReadNewestAsync(cancellationToken) is not null)
            return;
        try
        {
            var generation = (await training.RunFirstAsync(ModelCatalogue.Get(name), data, plan, cancellationToken, progress)).Described;
            var number = await PublishAsync(generation, progress, cancellationToken);
            state.FirstPublished(number, data.Whole.Info.Hash, generation.Metrics);
            LogFirst(name, options.Value.Model);
            ReportPublished(number, data.Whole.Info, generation);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // It would only have been served until the run ends.
            LogNoFirst(e, name, e.Message);
        }
    }

    private void Report(TrainingProgress progress)
    {
        state.Epoch(progress);
        metrics.Epoch(progress);
        if (progress.Recall is { } recall)
            LogEpoch(progress.Epoch, progress.MaxEpochs, progress.Loss, recall, progress.Seconds, progress.LeftAtMost.TotalSeconds);
        else
            LogUnvalidatedEpoch(progress.Epoch, progress.MaxEpochs, progress.Loss, progress.Seconds, progress.LeftAtMost.TotalSeconds);
    }

    private void ReportPublished(long number, SnapshotInfo snapshot, ModelGeneration generation)
    {
        if (generation.Metrics.TryGetValue("recall@20", out var recall))
            LogPublished(number, snapshot.Number, recall);
        else
            LogPublishedUnmeasured(number, snapshot.Number, RankingEvaluator.TooFew((int)generation.Metrics["validation_users"]));
    }

    // Progress<T> would post to the thread pool, out of order.
    private sealed class EpochReport(TrainingWorker worker) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => worker.Report(value);
    }

    [LoggerMessage(3001, LogLevel.Information, "Training on snapshot {Snapshot}: {Users} users, {Items} items, {Interactions} interactions")]
    private partial void LogTraining(long snapshot, int users, int items, long interactions);

    [LoggerMessage(
        3002, LogLevel.Information,
        "Epoch {Epoch} of at most {MaxEpochs}: loss {Loss:0.0000}, recall@20 {Recall:0.0000}, {Seconds:0.0} s, {SecondsLeft:0} s left at most")]
    private partial void LogEpoch(int epoch, int maxEpochs, double loss, double recall, double seconds, double secondsLeft);

    [LoggerMessage(3003, LogLevel.Information, "Generation {Generation} published, from snapshot {Snapshot}: recall@20 {Recall:0.0000}")]
    private partial void LogPublished(long generation, long snapshot, double recall);

    [LoggerMessage(
        3007, LogLevel.Information,
        "Epoch {Epoch} of {MaxEpochs}: loss {Loss:0.0000}, {Seconds:0.0} s, {SecondsLeft:0} s left; not validated, too few users have an interaction held out")]
    private partial void LogUnvalidatedEpoch(int epoch, int maxEpochs, double loss, double seconds, double secondsLeft);

    [LoggerMessage(3008, LogLevel.Warning, "Generation {Generation} published, from snapshot {Snapshot}; it could not be measured: {Reason}")]
    private partial void LogPublishedUnmeasured(long generation, long snapshot, string reason);

    [LoggerMessage(3009, LogLevel.Information, "There is no generation yet: {First} is served while {Model} trains")]
    private partial void LogFirst(string first, string model);

    [LoggerMessage(3010, LogLevel.Warning, "There will be no generation before the run ends, {First} failed: {Reason}")]
    private partial void LogNoFirst(Exception exception, string first, string reason);

    [LoggerMessage(3012, LogLevel.Information, "Beside what was served, the new generation is {Outcome}: {Reason}")]
    private partial void LogCompared(QualityGate.Types.Outcome outcome, string reason);

    [LoggerMessage(3013, LogLevel.Warning, "The new generation was kept out, generation {Served} is served still: {Reason}")]
    private partial void LogKeptOut(long served, string reason);

    [LoggerMessage(3004, LogLevel.Error, "The run failed, the served generation stays: {Reason}")]
    private partial void LogFailed(Exception exception, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(3006, LogLevel.Warning, "Can't look for snapshots; retrying: {Reason}")]
    private partial void LogNoSnapshot(string reason);
}
