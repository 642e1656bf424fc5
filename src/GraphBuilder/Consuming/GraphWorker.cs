using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// The loop: read a batch, change the state, have dead letters and live state written, and only then count the batch as read; between
/// batches publish snapshots and write checkpoints. It alone touches the state, so nothing is locked; while a snapshot is cut nothing is
/// read, and since partitions are assigned, not subscribed to, no group minds.
/// </summary>
internal sealed partial class GraphWorker(
    KafkaClients clients, TopicSetup topics, CheckpointStore checkpoints, DeadLetters deadLetters, LiveStateWriter live,
    SnapshotSchedule snapshots, Persistence persistence, GraphStatusBoard board, IOptions<GraphBuilderOptions> options, ILogger<GraphWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PopularInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PartitionsInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);

    private readonly RecordBatch _batch = new();
    private readonly List<(ConsumeResult<byte[], byte[]> Record, string Reason)> _refused = [];
    private GraphState _state = null!;
    private EventApplier _applier = null!;
    private long _recordsRead;
    private long _deadLetters;
    private long _checkpointed;
    private Stopwatch _sinceCheckpoint = null!;
    private Stopwatch? _sincePopular;
    private Stopwatch _sincePartitions = null!;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Once asked to stop, what has been read is still seen through, within limits.
        using var drained = new CancellationTokenSource();
        using var stopping = stoppingToken.Register(() => drained.CancelAfter(DrainTime));
        try
        {
            await Task.Yield();
            var checkpoint = checkpoints.Load();
            _state = checkpoint.State;
            _applier = new(clients.Topics, _state);
            using var reader = new TopicReader(clients);
            await StartAsync(reader, checkpoint, stoppingToken);
            await RunAsync(reader, stoppingToken, drained.Token);
            board.AskWith(null);
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
            board.AskWith(null);
            board.Close(new ObjectDisposedException(nameof(GraphWorker)));
        }
    }

    private async Task StartAsync(TopicReader reader, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var partitions = await topics.EnsureAsync(cancellationToken);
        var all = new[] { clients.Topics.Interactions, clients.Topics.Items }
            .SelectMany(topic => Enumerable.Range(0, partitions[topic]).Select(p => new TopicPartition(topic, p)))
            .ToArray();
        Dictionary<TopicPartition, LogRange> logs = [];
        await persistence.UntilDoneAsync("ask the broker what it holds", async token => logs = await Task.Run(() => reader.Logs(all), token), cancellationToken);
        var starts = StartingOffsets.Decide(checkpoint.Offsets, logs, options.Value.AcceptGap, out var troubles);
        foreach (var trouble in troubles)
            LogGap(trouble);
        reader.Assign(starts);
        board.AskWith(() => reader.Logs(reader.Partitions));
        LogReading(all.Length, starts.Sum(s => Math.Max(0, logs[s.Key].High - s.Value)));

        await persistence.UntilDoneAsync("write the live state", async token =>
        {
            await RefreshAsync(token);
            await snapshots.ResumeAsync(token);
        }, cancellationToken);
        Tell(reader);
        (_sinceCheckpoint, _sincePopular, _sincePartitions) = (Stopwatch.StartNew(), Stopwatch.StartNew(), Stopwatch.StartNew());
    }

    private async Task RunAsync(TopicReader reader, CancellationToken stoppingToken, CancellationToken drained)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Run(() => Read(reader, stoppingToken), CancellationToken.None);
            Apply();
            await persistence.UntilDoneAsync("write dead letters", token => deadLetters.WriteAsync(_refused, token), drained);
            await persistence.UntilDoneAsync("write the live state", token => live.WriteAsync(_state, token), drained);
            _deadLetters += _refused.Count;
            reader.Advance();
            if (_sincePopular!.Elapsed >= PopularInterval)
            {
                await persistence.UntilDoneAsync("write the popular items", RefreshAsync, drained);
                _sincePopular.Restart();
            }
            if (_sincePartitions.Elapsed >= PartitionsInterval)
                await TakeNewPartitionsAsync(reader, drained);
            Tell(reader);
            if (await snapshots.PublishIfDueAsync(_state, _applier.Interactions, reader.Next, drained))
            {
                Tell(reader);
                Checkpoint(reader);
            }
            else if (_sinceCheckpoint.Elapsed >= options.Value.CheckpointInterval)
                Checkpoint(reader);
        }
        Checkpoint(reader);
        LogStopped(_state.ActivePairs);
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

    /// <summary>Keeps the popular items current, and gives a Redis that has lost something everything again; at the start too, for who knows what it held.</summary>
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (await live.IsBehindAsync(cancellationToken))
        {
            LogRewriting(_sincePopular is null ? LogLevel.Information : LogLevel.Warning, _state.ActiveUsers);
            await live.WriteAllAsync(_state, cancellationToken);
            snapshots.Forget();
        }
        await live.WritePopularAsync(_state, cancellationToken);
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
            // The client itself tries again; what was read before this stands.
            LogReadTrouble(e.Error.Reason);
        }
    }

    private void Apply()
    {
        _refused.Clear();
        foreach (var record in _batch.Records)
            if (_applier.Apply(record) is { } reason)
                _refused.Add((record, reason));
        _recordsRead += _batch.Records.Count;
        GraphBuilderMetrics.Records.Add(_batch.Records.Count);
        if (_refused.Count == 0)
            return;
        GraphBuilderMetrics.DeadLetters.Add(_refused.Count);
        var (first, why) = _refused[0];
        LogRefused(_refused.Count, first.Topic, first.Partition.Value, first.Offset.Value, why);
    }

    private void Checkpoint(TopicReader reader)
    {
        _sinceCheckpoint.Restart();
        // Records count, not versions: offsets move on even where the state stays.
        if (_checkpointed == _recordsRead)
            return;
        var bytes = checkpoints.Save(_state, reader.Next);
        GraphBuilderMetrics.CheckpointSeconds.Record(_sinceCheckpoint.Elapsed.TotalSeconds);
        _checkpointed = _recordsRead;
        reader.Commit(reader.Next);
        LogCheckpoint(bytes, _sinceCheckpoint.Elapsed.TotalSeconds);
    }

    private void Tell(TopicReader reader) => board.Last = new(new GraphStatus
    {
        Users = _state.ActiveUsers,
        Items = _state.ActiveItems,
        Interactions = _state.ActivePairs,
        EventTime = SnapshotSchedule.TimeOf(_state),
        RecordsRead = _recordsRead,
        DeadLetters = _deadLetters,
        Snapshot = snapshots.Newest,
    }, new Dictionary<TopicPartition, long>(reader.Next));

    [LoggerMessage(2021, LogLevel.Information, "Reading {Partitions} partitions, {Records} records behind")]
    private partial void LogReading(int partitions, long records);

    [LoggerMessage(2022, LogLevel.Error, "Going on without what Kafka no longer holds. {Gap}")]
    private partial void LogGap(string gap);

    [LoggerMessage(2023, LogLevel.Warning, "Sent {Count} records to the dead-letter topic, the first {Topic}[{Partition}]@{Offset}: {Reason}")]
    private partial void LogRefused(int count, string topic, int partition, long offset, string reason);

    [LoggerMessage(2024, LogLevel.Warning, "Could not read from Kafka: {Reason}")]
    private partial void LogReadTrouble(string reason);

    [LoggerMessage(2025, LogLevel.Debug, "Wrote a checkpoint of {Bytes} bytes in {Seconds} s")]
    private partial void LogCheckpoint(long bytes, double seconds);

    [LoggerMessage(2026, LogLevel.Information, "Stopped with a checkpoint of {Pairs} interactions")]
    private partial void LogStopped(int pairs);

    [LoggerMessage(2027, LogLevel.Warning, "Stopped before what was read could be written; it is read again after the last checkpoint")]
    private partial void LogCutOff();

    [LoggerMessage(EventId = 2029, Message = "Redis may not hold all live state (the start, or it has lost data): writing that of {Users} users")]
    private partial void LogRewriting(LogLevel level, int users);

    [LoggerMessage(2030, LogLevel.Warning, "The topics have new partitions; reading them from their beginning: {Partitions}")]
    private partial void LogNewPartitions(string partitions);

    [LoggerMessage(2028, LogLevel.Critical, "The graph builder can't go on: {Reason}")]
    private partial void LogFailed(string reason);
}
