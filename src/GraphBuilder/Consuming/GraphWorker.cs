using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// The consume loop: read a batch, apply it to the state, have dead letters and live state written, and only then advance the offsets; between
/// batches publish snapshots and write checkpoints. It alone touches the state, so nothing needs a lock. While a snapshot is cut nothing is read;
/// partitions are assigned, not subscribed to, so no consumer group takes that for a failure.
/// </summary>
internal sealed partial class GraphWorker(
    KafkaClients clients, TopicReaders readers, CheckpointStore checkpoints, DeadLetters deadLetters, LiveStateSync live, SnapshotSchedule snapshots,
    WorkerStatus status, GraphBuilderMetrics metrics, IOptions<GraphBuilderOptions> options, ILogger<GraphWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PartitionsInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);

    private readonly RecordBatch _batch = new();
    private readonly List<(ConsumeResult<byte[], byte[]> Record, string Reason)> _refused = [];
    private readonly Stopwatch _sinceCheckpoint = new();
    private readonly Stopwatch _sincePartitions = new();
    private long _recordsRead;
    private long _deadLetters;
    private long _checkpointed;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Once asked to stop, the worker finishes what it has read, within limits.
        using var drained = new CancellationTokenSource();
        using var stopping = stoppingToken.Register(() => drained.CancelAfter(DrainTime));
        try
        {
            await Task.Yield();
            var checkpoint = checkpoints.Load();
            using var reader = await readers.OpenAsync(checkpoint.Offsets, stoppingToken);
            status.AskWith(() => reader.Logs(reader.Partitions));
            await live.StartAsync(checkpoint.State, stoppingToken);
            Report(reader, checkpoint.State);
            await RunAsync(reader, checkpoint.State, stoppingToken, drained.Token);
            status.AskWith(null);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogCutOff();
        }
        catch (Exception e)
        {
            LogFailed(e.Message);
            throw;
        }
        finally
        {
            status.AskWith(null);
            snapshots.Close();
        }
    }

    private async Task RunAsync(TopicReader reader, GraphState state, CancellationToken stoppingToken, CancellationToken drained)
    {
        var applier = new EventApplier(clients.Topics, state);
        _sinceCheckpoint.Start();
        _sincePartitions.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Run(() => Read(reader, stoppingToken), CancellationToken.None);
            await ProcessAsync(applier, state, drained);
            reader.Advance();
            if (_sincePartitions.Elapsed >= PartitionsInterval)
                await TakeNewPartitionsAsync(reader, drained);
            Report(reader, state);
            if (await snapshots.PublishIfDueAsync(state, applier.Interactions, reader.Next, drained))
            {
                Report(reader, state);
                Checkpoint(reader, state);
            }
            else if (_sinceCheckpoint.Elapsed >= options.Value.CheckpointInterval)
                Checkpoint(reader, state);
        }
        Checkpoint(reader, state);
        LogStopped(state.ActivePairs);
    }

    private void Read(TopicReader reader, CancellationToken cancellationToken)
    {
        try
        {
            reader.Read(_batch, BatchWait, cancellationToken);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            throw new KafkaGapException([$"While reading: {e.Error.Reason}."]);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // The client retries by itself; what was read before the error stands.
            LogReadTrouble(e.Error.Reason);
        }
    }

    private async Task ProcessAsync(EventApplier applier, GraphState state, CancellationToken cancellationToken)
    {
        var trace = BatchTrace.Begin(_batch.Records);
        Apply(applier);
        if (_refused.Count > 0)
            await deadLetters.WriteAsync(_refused, cancellationToken);
        _deadLetters += _refused.Count;
        await live.WriteAsync(state, cancellationToken);
        if (trace is not null)
            snapshots.LinkTo(trace.End(_refused));
    }

    private void Apply(EventApplier applier)
    {
        _refused.Clear();
        foreach (var record in _batch.Records)
            if (applier.Apply(record) is { } reason)
                _refused.Add((record, reason));
        _recordsRead += _batch.Records.Count;
        metrics.BatchApplied(_batch.Records.Count, _refused.Count);
        if (_refused.Count == 0)
            return;
        var (first, why) = _refused[0];
        LogRefused(_refused.Count, first.Topic, first.Partition.Value, first.Offset.Value, why);
    }

    /// <summary>A partition that nobody reads would hold events back in silence.</summary>
    private async Task TakeNewPartitionsAsync(TopicReader reader, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.TakeNewPartitionsAsync(cancellationToken) is { Count: > 0 } added)
                LogNewPartitions(string.Join(", ", added.Select(p => $"{p.Topic}[{p.Partition.Value}]")));
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            LogReadTrouble(e.Error.Reason);
        }
        _sincePartitions.Restart();
    }

    private void Checkpoint(TopicReader reader, GraphState state)
    {
        _sinceCheckpoint.Restart();
        // By records, not by the state's version: offsets move on even where the state stays.
        if (_checkpointed == _recordsRead)
            return;
        var bytes = checkpoints.Save(state, reader.Next);
        metrics.CheckpointWritten(_sinceCheckpoint.Elapsed);
        _checkpointed = _recordsRead;
        reader.Commit(reader.Next);
        LogCheckpoint(bytes, _sinceCheckpoint.Elapsed.TotalSeconds);
    }

    private void Report(TopicReader reader, GraphState state) => status.Report(new()
    {
        Users = state.ActiveUsers,
        Items = state.ActiveItems,
        Interactions = state.ActivePairs,
        EventTime = SnapshotSchedule.TimeOf(state),
        RecordsRead = _recordsRead,
        DeadLetters = _deadLetters,
        Snapshot = snapshots.Newest,
    }, new Dictionary<TopicPartition, long>(reader.Next));

    [LoggerMessage(2023, LogLevel.Warning, "Sent {Count} records to the dead-letter topic, the first {Topic}[{Partition}]@{Offset}: {Reason}")]
    private partial void LogRefused(int count, string topic, int partition, long offset, string reason);

    [LoggerMessage(2024, LogLevel.Warning, "Could not read from Kafka: {Reason}")]
    private partial void LogReadTrouble(string reason);

    [LoggerMessage(2025, LogLevel.Debug, "Wrote a checkpoint of {Bytes} bytes in {Seconds} s")]
    private partial void LogCheckpoint(long bytes, double seconds);

    [LoggerMessage(2026, LogLevel.Information, "Stopped with a checkpoint of {Pairs} interactions")]
    private partial void LogStopped(int pairs);

    [LoggerMessage(2027, LogLevel.Warning, "Stopped before everything read could be written; it will be read again from the last checkpoint on")]
    private partial void LogCutOff();

    [LoggerMessage(2028, LogLevel.Critical, "The GraphBuilder can't go on: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2030, LogLevel.Warning, "The topics have new partitions; reading them from their beginning: {Partitions}")]
    private partial void LogNewPartitions(string partitions);
}
