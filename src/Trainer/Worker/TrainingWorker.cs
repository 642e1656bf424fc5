using System.Diagnostics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Snapshots;
using StackExchange.Redis;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// The worker's loop: watch for snapshots, train when a run is due or requested, publish. A run that fails is reported and leaves the served
/// generation as it is; the next trigger retries.
/// </summary>
internal sealed partial class TrainingWorker(
    SnapshotReader snapshots, GenerationTraining training, GenerationPublisher publisher, TrainerState state, TrainerMetrics metrics,
    IOptions<TrainerOptions> options, TimeProvider time, ILogger<TrainingWorker> logger) : BackgroundService
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
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var requested = state.Requested;
            var info = await snapshots.CurrentInfoAsync(cancellationToken);
            _redisDown = false;
            if (info is null && requested)
                state.Waiting("Waiting for the first snapshot.");
            else if (info is not null && (requested || _trigger.IsDue(info)))
                await RunAsync(info, cancellationToken);
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
        state.Training(info, ModelCatalogue.Get(options.Value.Model).MaxEpochs(options.Value.ModelSettings));
        // Goes on with the trace of the snapshot's publication.
        ActivityContext.TryParse(info.Traceparent, traceState: null, isRemote: true, out var snapshotSpan);
        using var span = TrainerTracing.Source.StartActivity("train", ActivityKind.Internal, snapshotSpan);
        span?.SetTag("rearm.snapshot.number", info.Number);
        try
        {
            var snapshot = await snapshots.ReadAsync(cancellationToken);
            info = snapshot.Info;
            LogTraining(info.Number, snapshot.Users, snapshot.Items, info.Interactions);
            var generation = await training.RunAsync(snapshot, new EpochReport(this), cancellationToken);
            state.Publishing();
            var number = await PublishAsync(generation, cancellationToken);
            state.Published(number, info.Hash, generation.Metrics);
            metrics.Published(generation.Metrics);
            LogPublished(number, info.Number, generation.Metrics.GetValueOrDefault("recall@20"));
            _trigger.Succeeded(info);
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

    private async Task<long> PublishAsync(ModelGeneration generation, CancellationToken cancellationToken)
    {
        using var span = TrainerTracing.Source.StartActivity("publish generation");
        var number = await publisher.PublishAsync(generation, cancellationToken);
        span?.SetTag("rearm.generation.number", number);
        return number;
    }

    private void Report(TrainingProgress progress)
    {
        state.Epoch(progress);
        metrics.Epoch(progress);
        LogEpoch(progress.Epoch, progress.MaxEpochs, progress.Loss, progress.Recall, progress.Seconds);
    }

    // Progress<T> would post to the thread pool, out of order.
    private sealed class EpochReport(TrainingWorker worker) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => worker.Report(value);
    }

    [LoggerMessage(3001, LogLevel.Information, "Training on snapshot {Snapshot}: {Users} users, {Items} items, {Interactions} interactions")]
    private partial void LogTraining(long snapshot, int users, int items, long interactions);

    [LoggerMessage(3002, LogLevel.Information, "Epoch {Epoch} of at most {MaxEpochs}: loss {Loss:0.0000}, recall@20 {Recall:0.0000}, {Seconds:0.0} s")]
    private partial void LogEpoch(int epoch, int maxEpochs, double loss, double recall, double seconds);

    [LoggerMessage(3003, LogLevel.Information, "Generation {Generation} published, from snapshot {Snapshot}: recall@20 {Recall:0.0000}")]
    private partial void LogPublished(long generation, long snapshot, double recall);

    [LoggerMessage(3004, LogLevel.Error, "The run failed, the served generation stays: {Reason}")]
    private partial void LogFailed(Exception exception, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    [LoggerMessage(3006, LogLevel.Warning, "Can't look for snapshots; retrying: {Reason}")]
    private partial void LogNoSnapshot(string reason);
}
