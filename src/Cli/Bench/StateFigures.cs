using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Checkpoints;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>The GraphBuilder's state by itself at growing sizes: events a second, memory, and how long reading stands still for snapshots and checkpoints.</summary>
internal sealed class StateFigures : IAsyncDisposable
{
    private const int FeatureWidth = 64;
    private const int Batch = 1000;
    private const string PerSecond = "events a second";
    private const string BytesPerPair = "bytes a pair";

    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(20);

    // Far more than it should take; a machine that is busy with other things is not waited for without end.
    private static readonly TimeSpan LongestCut = TimeSpan.FromMinutes(10);

    private readonly Figures _figures;
    private static readonly IReadOnlyDictionary<TopicPartition, long> NoOffsets = new Dictionary<TopicPartition, long>();

    private readonly GraphState _state = new();
    private readonly UserShard _users;
    private readonly EventApplier _applier;
    private readonly KafkaTopics _topics = new();
    private readonly SyntheticRecords _records;
    private readonly int _items;
    private readonly TemporaryFolder _folder = new();
    private long _offset;

    /// <param name="figures">Takes what is measured.</param>
    /// <param name="largest">Pairs of the largest size.</param>
    public StateFigures(Figures figures, int largest)
    {
        _figures = figures;
        _state.Add(_users = _state.NewShard(0));
        _applier = new(_topics, new EventTypes(new GraphBuilderOptions().EventTypes), _state);
        _items = Math.Max(1000, largest / 100);
        _records = new(Math.Max(1000, largest / 10), _items, seed: 1);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    /// <summary>Grows the state to each size in turn, and measures at each.</summary>
    /// <param name="sizes">Pairs, ascending.</param>
    /// <param name="redis">Where live state goes.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task MeasureAsync(IReadOnlyList<int> sizes, RedisConnection redis, CancellationToken cancellationToken)
    {
        for (var item = 0; item < _items; item++)
        {
            var (key, value) = _records.Describe(item, FeatureWidth);
            Apply(_topics.Items, key, value);
        }
        var store = new CheckpointStore(Options.Create(new GraphBuilderOptions { CheckpointDirectory = _folder.Path }), TimeProvider.System, NullLogger<CheckpointStore>.Instance);
        foreach (var size in sizes)
        {
            var name = size >= 1_000_000 ? $"{size / 1_000_000}m" : $"{size / 1000}k";
            Grow(size, name, cancellationToken);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var resident = Process.GetCurrentProcess().WorkingSet64 / 1048576.0;
            Add(size, "resident memory, MiB", "whole process", $"{name}.resident_mib", resident, $"MiB, {_items:N0} items with {FeatureWidth}-wide vectors");
            await PausesAsync(name, size, size == sizes[^1], store, cancellationToken);
            await SteadyAsync(name, size, size == sizes[^1], redis, cancellationToken);
        }
    }

    private void Grow(int size, string name, CancellationToken cancellationToken)
    {
        var (events, seconds) = (0L, 0.0);
        var grown = _figures.Begin($"Growing the state to {name}", "pairs", size);
        // At least one batch, for the figure.
        while (events == 0 || _state.ActivePairs < size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = NextBatch();
            var start = Stopwatch.GetTimestamp();
            foreach (var (key, value) in batch)
                Apply(_topics.Interactions, key, value);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            events += batch.Length;
            ForgetChanges();
            grown?.Report(_state.ActivePairs);
        }
        Add(size, PerSecond, "state only", $"{name}.apply_interactions_per_second", events / seconds, "events/s, one thread, state only");
    }

    private void Add(int size, string panel, string line, string name, double value, string unit)
    {
        _figures.Add(name, value, unit);
        _figures.Point(panel, line, size, value);
    }

    /// <summary>Applies batches while a checkpoint is written and a snapshot is cut from the same state.</summary>
    private async Task PausesAsync(string name, int size, bool isLargest, CheckpointStore store, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.Zero;
        var start = Stopwatch.GetTimestamp();
        var (items, users, forSnapshot) = (_state.FreezeItems(), _users.Freeze(), _state.Freeze());
        var freezing = Stopwatch.GetElapsedTime(start);
        var pairs = _state.ActivePairs;
        var time = new CpuTime();
        var (checkpoint, cut, snapshotBytes, recall) = (0.0, 0.0, 0L, 1.0);
        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var background = Task.Run(() =>
        {
            _figures.Begin($"Writing a checkpoint of {name} pairs");
            var bytes = store.Items().Save(CheckpointContent.OfItems(items, NoOffsets, DateTimeOffset.UtcNow))
                + store.Shard(0).Save(CheckpointContent.OfShard(users, items, NoOffsets, DateTimeOffset.UtcNow, asked: 0));
            checkpoint = time.Seconds;
            tooLong.CancelAfter(LongestCut);
            try
            {
                var snapshot = SnapshotCutter.Cut(forSnapshot, new GraphBuilderOptions().GraphSettings, [], tooLong.Token, _figures.Progress);
                cut = time.Seconds - checkpoint;
                recall = snapshot.Info.NeighborRecall.Values.DefaultIfEmpty(1).Min();
                snapshotBytes = SnapshotSection.Of(snapshot).Sum(section => section.Chunks.Sum(chunk => (long)chunk.Length));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // What matters here is what reading waits for meanwhile.
            }
            return bytes;
        }, cancellationToken);
        while (!background.IsCompleted)
        {
            var batch = NextBatch();
            start = Stopwatch.GetTimestamp();
            foreach (var (key, value) in batch)
                Apply(_topics.Interactions, key, value);
            var took = Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            ForgetChanges();
            // About as many events as a large shop has, so that the state keeps its size.
            await Task.Delay(BatchInterval, cancellationToken);
        }
        var written = await background;
        _figures.Add($"{name}.pause_ms", (longest > freezing ? longest : freezing).TotalMilliseconds, $"ms, longest batch of {Batch} events meanwhile (taking the pictures: {freezing.TotalMilliseconds:0.00} ms)");
        _figures.Add($"{name}.checkpoint_seconds", checkpoint, "s, all slabs");
        Add(size, BytesPerPair, "checkpoint", $"{name}.checkpoint_bytes_per_pair", written / (double)pairs, "bytes, items with their vectors included");
        if (cut == 0)
        {
            _figures.Skip($"{name}.cut_seconds", $"more than {LongestCut.TotalMinutes:0} min");
            return;
        }
        _figures.Add($"{name}.cut_seconds", cut, $"s, all graphs, {_state.ActiveUsers:N0} users");
        _figures.Add($"{name}.neighbor_recall", recall, "of the true nearest neighbours are in the graphs; random vectors, the worst case");
        Add(size, BytesPerPair, "snapshot", $"{name}.snapshot_bytes_per_pair", snapshotBytes / (double)pairs, "bytes, everything in the snapshot");
        if (isLargest)
            _figures.Add("snapshot.bytes_per_pair", snapshotBytes / (double)pairs, $"bytes, the same at {name} pairs");
    }

    private async Task SteadyAsync(string name, int size, bool isLargest, RedisConnection redis, CancellationToken cancellationToken)
    {
        const int Events = 100_000;
        var writer = new LiveStateWriter(redis, TimeProvider.System, Options.Create(new GraphBuilderOptions()));
        var batches = Enumerable.Range(0, Events / Batch).Select(_ => NextBatch()).ToArray();
        var time = new CpuTime();
        var (steady, applied) = (_figures.Begin($"Steady events at {name} pairs", "events", Events), 0);
        foreach (var batch in batches)
        {
            foreach (var (key, value) in batch)
                Apply(_topics.Interactions, key, value);
            await writer.WriteAsync(_state, withItems: true, cancellationToken);
            steady?.Report(applied += batch.Length);
        }
        var rate = Events / time.Seconds;
        Add(size, PerSecond, "live state in Redis", $"{name}.steady_interactions_per_second", rate, $"events/s with live state in Redis, batches of {Batch}");
        if (isLargest)
            _figures.Add("steady.interactions_per_second", rate, $"events/s, the same at {name} pairs");
    }

    private (byte[] Key, byte[] Value)[] NextBatch()
    {
        var batch = new (byte[], byte[])[Batch];
        for (var n = 0; n < batch.Length; n++)
            batch[n] = _records.Next();
        return batch;
    }

    // As if everything had been written to Redis.
    private void ForgetChanges()
    {
        _users.Changes.Clear();
        _state.ChangedItems.Clear();
    }

    private void Apply(string topic, byte[] key, byte[] value)
    {
        if (_applier.Apply(topic, 0, key, value, SyntheticRecords.Written, _offset++) is { } reason)
            throw new InvalidOperationException($"A record was refused: {reason}");
    }
}
