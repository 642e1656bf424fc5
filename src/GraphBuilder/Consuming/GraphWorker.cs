using System.Diagnostics;
using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// The consume loop: while the next batch is read, apply the one before to the state, have dead letters and live state written, and only then advance
/// the offsets. It alone touches the state, so nothing needs a lock; snapshots and checkpoints are made in the background from pictures of it.
/// </summary>
internal sealed partial class GraphWorker(
    KafkaClients clients, Leadership leadership, TopicReaders readers, CheckpointStore checkpoints, CheckpointSchedule checkpointing, DeadLetters deadLetters, LiveStateSync live,
    SnapshotSchedule snapshots, EventTypes types, WorkerStatus status, GraphBuilderMetrics metrics, ILogger<GraphWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PartitionsInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);

    private readonly List<(ConsumeResult<byte[], byte[]> Record, string Reason)> _refused = [];
    private readonly Stopwatch _sincePartitions = new();
    private long _recordsRead;
    private long _deadLetters;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Once asked to stop, the worker finishes what it has read, within limits.
        using var drained = new CancellationTokenSource();
        using var stopping = stoppingToken.Register(() => drained.CancelAfter(DrainTime));
        try
        {
            await Task.Yield();
            await leadership.AcquireAsync(stoppingToken);
            var checkpoint = checkpoints.Load();
            using var reader = await readers.OpenAsync(checkpoint.Offsets, stoppingToken);
            status.AskWith(() => reader.Logs(reader.Partitions));
            await live.StartAsync(checkpoint.State, stoppingToken);
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
            await leadership.ResignAsync();
        }
    }

    private async Task RunAsync(TopicReader reader, GraphState state, CancellationToken stoppingToken, CancellationToken drained)
    {
        var applier = new EventApplier(clients.Topics, types, state);
        Report(reader, applier, state);
        _sincePartitions.Start();
        using var background = CancellationTokenSource.CreateLinkedTokenSource(drained);
        var (current, next) = (new RecordBatch(), new RecordBatch());
        var reading = ReadAsync(reader, current, stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await reading;
                if (_sincePartitions.Elapsed >= PartitionsInterval)
                    await TakeNewPartitionsAsync(reader, current, drained);
                reading = ReadAsync(reader, next, stoppingToken);
                await ProcessAsync(applier, state, current, reader, drained);
                if (checkpointing.Tick(state, _recordsRead, reader.Next) is { } written)
                    reader.Commit(written);
                if (snapshots.Tick(state, applier.Interactions, reader.Next, reader.Lag, background.Token))
                    checkpointing.Soon();
                Report(reader, applier, state);
                (current, next) = (next, current);
            }
            await reading;
            await ProcessAsync(applier, state, current, reader, drained);
            await live.FlushAsync(state, drained);
            await snapshots.DrainAsync();
            if (await checkpointing.DrainAsync(state, _recordsRead, reader.Next) is { } last)
                reader.Commit(last);
            LogStopped(state.ActivePairs);
        }
        finally
        {
            // Whatever ended the loop: the reader and the checkpoints' folder are closed next, and nothing may still be at work on them.
            await background.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await snapshots.SettleAsync();
            await checkpointing.SettleAsync();
        }
    }

    private Task ReadAsync(TopicReader reader, RecordBatch batch, CancellationToken stoppingToken) =>
        Task.Run(() => Read(reader, batch, stoppingToken), CancellationToken.None);

    private void Read(TopicReader reader, RecordBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            reader.Read(batch, BatchWait, cancellationToken);
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

    private async Task ProcessAsync(EventApplier applier, GraphState state, RecordBatch batch, TopicReader reader, CancellationToken cancellationToken)
    {
        var trace = BatchTrace.Begin(batch.Records);
        Apply(applier, batch);
        if (_refused.Count > 0)
            await deadLetters.WriteAsync(_refused, cancellationToken);
        _deadLetters += _refused.Count;
        if (state.Changes.Erasures.Count > 0)
            checkpointing.Erased();
        // What Redis holds is written by one GraphBuilder at a time.
        await leadership.AcquireAsync(cancellationToken);
        await live.WriteAsync(state, reader.Lag, cancellationToken);
        if (trace is not null)
            snapshots.LinkTo(trace.End(_refused));
        reader.Advance(batch);
    }

    private void Apply(EventApplier applier, RecordBatch batch)
    {
        _refused.Clear();
        foreach (var record in batch.Records)
            if (applier.Apply(record) is { } reason)
                _refused.Add((record, reason));
        _recordsRead += batch.Records.Count;
        metrics.BatchApplied(batch.Records.Count, _refused.Count);
        if (_refused.Count == 0)
            return;
        var (first, why) = _refused[0];
        LogRefused(_refused.Count, first.Topic, first.Partition.Value, first.Offset.Value, why);
    }

    /// <summary>A partition that nobody reads would hold events back in silence.</summary>
    private async Task TakeNewPartitionsAsync(TopicReader reader, RecordBatch read, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.TakeNewPartitionsAsync(read, cancellationToken) is { Count: > 0 } added)
                LogNewPartitions(string.Join(", ", added.Select(p => $"{p.Topic}[{p.Partition.Value}]")));
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            LogReadTrouble(e.Error.Reason);
        }
        _sincePartitions.Restart();
    }

    private void Report(TopicReader reader, EventApplier applier, GraphState state)
    {
        var report = new Contracts.V1.GraphStatus
        {
            Users = state.ActiveUsers,
            Items = state.ActiveItems,
            Interactions = state.ActivePairs,
            EventTime = SnapshotSchedule.TimeOf(state.EventTime),
            RecordsRead = _recordsRead,
            DeadLetters = _deadLetters,
            Snapshot = snapshots.Newest,
            CheckpointAt = checkpointing.WrittenAt is { } at ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at) : null,
        };
        report.Modalities.Add(state.Modalities.Select(m => new Contracts.V1.ModalityStatus { Name = m.Name, Width = m.Width, Items = m.Items, OtherWidth = m.OtherWidth }));
        report.UnusedModalities.Add(state.UnusedModalities);
        report.UnnamedTypes.Add(applier.UnnamedTypes.Counts.ToDictionary());
        report.Problems.Add(new[] { readers.Trimmed, checkpointing.Problem }.OfType<string>());
        status.Report(report, new Dictionary<TopicPartition, long>(reader.Next));
    }

    [LoggerMessage(2023, LogLevel.Warning, "Sent {Count} records to the dead-letter topic, the first {Topic}[{Partition}]@{Offset}: {Reason}")]
    private partial void LogRefused(int count, string topic, int partition, long offset, string reason);

    [LoggerMessage(2024, LogLevel.Warning, "Could not read from Kafka: {Reason}")]
    private partial void LogReadTrouble(string reason);

    [LoggerMessage(2026, LogLevel.Information, "Stopped with a checkpoint of {Pairs} interactions")]
    private partial void LogStopped(long pairs);

    [LoggerMessage(2027, LogLevel.Warning, "Stopped before everything read could be written; it will be read again from the last checkpoint on")]
    private partial void LogCutOff();

    [LoggerMessage(2028, LogLevel.Critical, "The GraphBuilder can't go on: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2030, LogLevel.Warning, "The topics have new partitions; reading them from their beginning: {Partitions}")]
    private partial void LogNewPartitions(string partitions);
}
