using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// The consume loop: while the next batch is read, apply the one before to the state, have dead letters and live state written, and only then advance
/// the offsets. It alone touches the state, so nothing needs a lock; snapshots and checkpoints are made in the background from pictures of it, and changes
/// of who has which partitions are dealt with between two batches.
/// </summary>
internal sealed partial class GraphWorker(
    KafkaClients clients, Leadership leadership, PartitionOwnership ownership, TopicReaders readers, CheckpointStore checkpoints,
    CheckpointSchedule checkpointing, DeadLetters deadLetters, LiveStateSync live, CatalogueSync catalogue, SnapshotSchedule snapshots, Teamwork team,
    EventTypes types, WorkerStatus status, CatchUp catchUp, GraphBuilderMetrics metrics, IOptions<GraphBuilderOptions> options, TimeProvider time,
    ILogger<GraphWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PartitionsInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);

    private readonly List<(ConsumeResult<byte[], byte[]> Record, string Reason)> _refused = [];
    private readonly Stopwatch _sincePartitions = new();
    private int _partitions;
    private string? _grown;
    private bool _askable;
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
            var items = LoadItems();
            LogAddedAttributes(items?.Manifest);
            var offsets = items?.Manifest.Offsets ?? new Dictionary<TopicPartition, long>();
            (var reader, _partitions) = await readers.OpenAsync(offsets, checkpoints.Partitions, stoppingToken);
            using (reader)
            {
                // Going on without them has been accepted.
                foreach (var partition in checkpoints.Partitions.Where(p => p >= _partitions))
                    checkpoints.SetAside(partition);
                NotePartitions();
                reader.Join();
                await RunAsync(reader, items?.Restored ?? EmptyState(), stoppingToken, drained.Token);
                status.AskWith(null);
            }
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

    private (GraphState Restored, CheckpointManifest Manifest)? LoadItems()
    {
        using var progress = new ProgressLog(logger, time);
        return checkpoints.Items().Load((folder, manifest) => folder.RestoreItems(
            manifest, EmptyState(), progress.Begin("Loading the checkpoint of the items", "slabs", manifest.Items.Count)));
    }

    private async Task RunAsync(TopicReader reader, GraphState state, CancellationToken stoppingToken, CancellationToken drained)
    {
        var applier = new EventApplier(clients.Topics, types, state);
        Report(reader, applier, state);
        _sincePartitions.Start();
        using var background = CancellationTokenSource.CreateLinkedTokenSource(drained);
        var (current, next) = (new RecordBatch(), new RecordBatch());
        var rebalance = reader.NextRebalanceAsync(background.Token);
        var reading = ReadAsync(reader, current, stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await ReadToEndAsync();
                if (_sincePartitions.Elapsed >= PartitionsInterval)
                    await LookForPartitionsAsync(reader, current, drained);
                reading = ReadAsync(reader, next, stoppingToken);
                await team.TakePartAsync(_partitions, state, background.Token, drained);
                await ProcessAsync(applier, state, current, reader, drained);
                reader.Commit(checkpointing.Tick(state, reader.Next, reader.LagOf));
                if (leadership.IsOurs && snapshots.Tick(state, team.Others, applier.Interactions, reader.Next, reader.Lag, background.Token))
                    checkpointing.Soon();
                if (leadership.IsOurs)
                    catalogue.Tick(state, _partitions, reader.Lag, background.Token);
                Report(reader, applier, state);
                (current, next) = (next, current);
            }
            await ReadToEndAsync();
            await ProcessAsync(applier, state, current, reader, drained);
            await live.FlushAsync(state, leadership.IsOurs, drained);
            await snapshots.DrainAsync();
            reader.Commit(await checkpointing.DrainAsync(state, reader.Next, reader.LagOf));
            LogStopped(state.ActivePairs);
        }
        finally
        {
            // Whatever ended the loop: the reader and the checkpoints' folder are closed next, and nothing may still be at work on them.
            reader.Abandon();
            await background.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await catalogue.SettleAsync();
            await rebalance.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await snapshots.SettleAsync();
            await team.SettleAsync();
            await checkpointing.SettleAsync();
        }

        // The client tells of a rebalance from inside a read, which goes on once that has been dealt with. Everything read before has been processed here.
        async Task ReadToEndAsync()
        {
            while (await Task.WhenAny(reading, rebalance) == rebalance)
            {
                await ownership.ApplyAsync(await rebalance, state, reader, drained);
                rebalance = reader.NextRebalanceAsync(background.Token);
            }
            await reading;
        }
    }

    private GraphState EmptyState() =>
        new(options.Value.TrendingHalfLife) { TypeNames = types.Names, AttributeNames = new(options.Value.ItemAttributes) };

    // What was not kept when an item was read is in no checkpoint.
    private void LogAddedAttributes(CheckpointManifest? checkpoint)
    {
        if (checkpoint is null || new AttributeNames(options.Value.ItemAttributes).All.Except(checkpoint.AttributeNames).ToArray() is not { Length: > 0 } added)
            return;
        LogAdded(string.Join(", ", added));
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
        state.ItemsAreBehind = reader.Partitions.Any(p => p.Topic == clients.Topics.Items && reader.IsBehind(p));
        foreach (var shard in state.Shards)
            shard.IsBehind = reader.IsBehind(new(clients.Topics.Interactions, shard.Partition));
        Apply(applier, batch);
        if (_refused.Count > 0)
            await deadLetters.WriteAsync(_refused, cancellationToken);
        _deadLetters += _refused.Count;
        foreach (var shard in state.Shards)
            if (shard.Changes.Erasures.Count > 0)
                checkpointing.Erased(shard.Partition);
        await live.WriteAsync(state, reader.Lag, _partitions, leadership.IsOurs, cancellationToken);
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

    /// <summary>A partition that nobody reads would hold events back in silence. Those of the interactions come through the group.</summary>
    private async Task LookForPartitionsAsync(TopicReader reader, RecordBatch read, CancellationToken cancellationToken)
    {
        try
        {
            if (await reader.TakeNewItemPartitionsAsync(read, cancellationToken) is { Count: > 0 } added)
                LogNewPartitions(string.Join(", ", added.Select(p => $"{p.Topic}[{p.Partition.Value}]")));
            var partitions = await reader.CountInteractionPartitionsAsync(cancellationToken);
            if (partitions > _partitions)
                Grown(_partitions, partitions);
            _partitions = partitions > 0 ? partitions : _partitions;
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            LogReadTrouble(e.Error.Reason);
        }
        _sincePartitions.Restart();
    }

    // Kept as it was while the topic has more: the events do not move, so neither does the trouble.
    private void NotePartitions()
    {
        try
        {
            var noted = checkpoints.NotedPartitions;
            if (noted < _partitions)
                Grown(noted.Value, _partitions);
            else if (noted != _partitions)
                checkpoints.NotePartitions(_partitions);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As with checkpoints: the next start tries again.
            LogNotNoted(e.Message);
        }
    }

    private void Grown(int before, int now)
    {
        _grown = $"{clients.Topics.Interactions} has grown from {before} to {now} partitions: events of a user who had some before may be in two of them, and "
            + "then the user counts as two. Write the events anew, to topics with another Kafka:TopicPrefix that have as many partitions as you need. If there were "
            + $"no events before it grew, delete {Path.GetFullPath(checkpoints.NotePath)} and restart.";
        LogGrown(_grown);
    }

    private void Report(TopicReader reader, EventApplier applier, GraphState state)
    {
        // Before that the lag would be of the items alone.
        if (reader.HasJoined && !_askable)
        {
            _askable = true;
            status.AskWith(() => reader.Logs(reader.Partitions));
        }
        catchUp.Report(_recordsRead, reader.Lag, reader.Partitions);
        var report = new Contracts.V1.GraphStatus
        {
            Users = state.ActiveUsers,
            Items = state.ActiveItems,
            Interactions = state.ActivePairs,
            EventTime = SnapshotSchedule.TimeOf(state.EventTime),
            RecordsRead = _recordsRead,
            DeadLetters = _deadLetters,
            RecordsPerSecond = catchUp.RecordsPerSecond,
            Snapshot = snapshots.Newest,
            CheckpointAt = checkpointing.WrittenAt is { } at ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at) : null,
        };
        if (catchUp.Left is { } left)
            report.SecondsLeft = left.TotalSeconds;
        report.Modalities.Add(state.Modalities.Select(m => new Contracts.V1.ModalityStatus { Name = m.Name, Width = m.Width, Items = m.Items, OtherWidth = m.OtherWidth }));
        report.UnusedModalities.Add(state.UnusedModalities);
        report.UnnamedTypes.Add(applier.UnnamedTypes.Counts.ToDictionary());
        report.Problems.Add(new[] { readers.Trimmed, checkpointing.Problem, _grown }.OfType<string>());
        report.Partitions.Add(state.Shards.Select(s => s.Partition));
        (report.Publisher, report.Publishes) = (leadership.Holder ?? "", leadership.IsOurs);
        status.WaitFor(state.Shards.Count > 0
            ? null
            : $"This GraphBuilder has none of the {_partitions} partitions of {clients.Topics.Interactions}: others have them, or are just handing them over. "
                + "It takes over when one of those is gone.");
        metrics.Report(report, reader.Lag);
        status.Report(report, new Dictionary<TopicPartition, long>(reader.Next), state.Shards.Count == _partitions);
    }

    [LoggerMessage(2023, LogLevel.Warning, "Sent {Count} records to the dead-letter topic, the first {Topic}[{Partition}]@{Offset}: {Reason}")]
    private partial void LogRefused(int count, string topic, int partition, long offset, string reason);

    [LoggerMessage(2008, LogLevel.Error, "{Problem}")]
    private partial void LogGrown(string problem);

    [LoggerMessage(2009, LogLevel.Error, "Could not note how many partitions the interactions have, so that a later start may not notice that there are more: {Reason}")]
    private partial void LogNotNoted(string reason);

    [LoggerMessage(2024, LogLevel.Warning, "Could not read from Kafka: {Reason}")]
    private partial void LogReadTrouble(string reason);

    [LoggerMessage(2026, LogLevel.Information, "Stopped with a checkpoint of {Pairs} interactions")]
    private partial void LogStopped(long pairs);

    [LoggerMessage(2027, LogLevel.Warning, "Stopped before everything read could be written; it will be read again from the last checkpoint on")]
    private partial void LogCutOff();

    [LoggerMessage(2028, LogLevel.Critical, "The GraphBuilder can't go on: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2014, LogLevel.Warning, "GraphBuilder:ItemAttributes names {Names}, which was not kept of the items read so far: send them again to have it")]
    private partial void LogAdded(string names);

    [LoggerMessage(2030, LogLevel.Warning, "The topics have new partitions; reading them from their beginning: {Partitions}")]
    private partial void LogNewPartitions(string partitions);
}
