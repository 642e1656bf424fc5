using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// Reads the two topics. The interactions' partitions are shared with other GraphBuilders through a consumer group; the items, which everybody needs, are
/// read whole. Where to begin is never the broker's to say: the group's committed offsets are for monitoring and follow the checkpoints.
/// </summary>
internal sealed class TopicReader : IDisposable
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    // Records between two looks for items.
    private const int ItemsEvery = 64;

    // A rebalance begins with the next heartbeat.
    private const int HeartbeatsPerSession = 20;

    // The client's own default.
    private const int MaxPollIntervalMs = 300_000;

    private readonly KafkaTopics _topics;
    private readonly IConsumer<byte[], byte[]> _interactions;
    private readonly IConsumer<byte[], byte[]> _items;
    private readonly IAdminClient _admin;
    private readonly SemaphoreSlim _rebalancing = new(0);
    // The ends of the logs as last heard of.
    private readonly Dictionary<TopicPartition, long> _ends = [];
    // The same when they were taken.
    private readonly Dictionary<TopicPartition, long> _endsBefore = [];
    private readonly Lock _asking = new();
    private RecordBatch _batch = new();
    // The client waits for one before it tells of the next.
    private volatile Rebalance? _rebalance;
    private volatile bool _joined;
    private volatile bool _abandoned;
    private volatile bool _disposed;

    public TopicReader(KafkaClients clients, GraphBuilderOptions options)
    {
        _topics = clients.Topics;
        var group = $"{clients.Topics.Prefix}.graph-builder";
        _interactions = clients.CreateConsumer(
            group,
            config =>
            {
                Configure(config);
                // Offsets stored by Commit go out in the background, so a slow broker does not hold up reading.
                config.EnableAutoCommit = true;
                config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
                config.GroupInstanceId = options.InstanceId.Length > 0 ? options.InstanceId : null;
                config.SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds;
                // The client wants no session that outlasts the time between two reads.
                config.MaxPollIntervalMs = Math.Max(config.MaxPollIntervalMs ?? MaxPollIntervalMs, config.SessionTimeoutMs.Value);
                config.HeartbeatIntervalMs = (int)options.SessionTimeout.TotalMilliseconds / HeartbeatsPerSession;
                // Partitions that are added to the topic are noticed within this time.
                config.TopicMetadataRefreshIntervalMs = 60_000;
            },
            builder => builder
                .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
                .SetPartitionsRevokedHandler((_, partitions) => OnGone(RebalanceKind.Revoked, partitions))
                .SetPartitionsLostHandler((_, partitions) => OnGone(RebalanceKind.Lost, partitions)));
        _items = clients.CreateConsumer($"{group}.items", Configure);
        _admin = new DependentAdminClientBuilder(_items.Handle).Build();
    }

    /// <summary>For each partition that is read the record after the last one that was processed.</summary>
    public Dictionary<TopicPartition, long> Next { get; } = [];

    /// <summary>The partitions that are read. Any thread may ask.</summary>
    public IReadOnlyList<TopicPartition> Partitions { get; private set; } = [];

    /// <summary>The group has said which partitions are this process's, none maybe. Any thread may ask.</summary>
    public bool HasJoined { get => _joined; private set => _joined = value; }

    /// <summary>
    /// Records that the log has and that are not processed, as far as the broker has told: no call is made. Only from the thread that advances.
    /// </summary>
    public long Lag => Next.Keys.Sum(LagOf);

    /// <summary>The same of one partition.</summary>
    public long LagOf(TopicPartition partition) => Math.Max(0, EndOf(partition) - Next.GetValueOrDefault(partition));

    /// <summary>Whether a partition has yet to be processed up to where its log ended when it was taken. Only from the thread that advances.</summary>
    public bool IsBehind(TopicPartition partition) => Next.GetValueOrDefault(partition) < _endsBefore.GetValueOrDefault(partition);

    /// <summary>What the broker holds of each partition now. Blocks for as long as the broker takes to answer. Any thread may ask.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    /// <exception cref="ObjectDisposedException">The reader is closed.</exception>
    public Dictionary<TopicPartition, LogRange> Logs(IEnumerable<TopicPartition> partitions)
    {
        // The client must not be closed while another thread is in a call.
        lock (_asking)
            return partitions.ToDictionary(p => p, p =>
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                var range = _items.QueryWatermarkOffsets(p, BrokerTimeout);
                return new LogRange(range.Low.Value, range.High.Value);
            });
    }

    /// <summary>Asks the broker how many partitions the interactions topic has now.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public Task<int> CountInteractionPartitionsAsync(CancellationToken cancellationToken) =>
        TopicSetup.PartitionsAsync(_admin, _topics.Interactions, cancellationToken);

    /// <summary>
    /// Looks for partitions that were added to the items topic and reads those too, from their beginning; the others go on where they are. Only between
    /// batches.
    /// </summary>
    /// <param name="read">The batch that was read last and is not processed yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The partitions that were added.</returns>
    /// <exception cref="KafkaException">The broker does not answer; look again later.</exception>
    public async Task<IReadOnlyCollection<TopicPartition>> TakeNewItemPartitionsAsync(RecordBatch read, CancellationToken cancellationToken)
    {
        var count = await TopicSetup.PartitionsAsync(_admin, _topics.Items, cancellationToken);
        var added = Enumerable.Range(0, count).Select(p => new TopicPartition(_topics.Items, p)).Where(p => !Next.ContainsKey(p)).ToArray();
        if (added.Length == 0)
            return added;
        var logs = await Task.Run(() => Logs(added), cancellationToken);
        AssignItems(added.ToDictionary(p => p, p => logs[p].Low), logs, read.Next);
        return added;
    }

    /// <summary>Reads these partitions of the items as well.</summary>
    /// <param name="starts">For each partition the next record to read.</param>
    /// <param name="logs">What the broker holds of them.</param>
    /// <param name="ahead">Where reading is further than processing.</param>
    public void AssignItems(
        IReadOnlyDictionary<TopicPartition, long> starts, IReadOnlyDictionary<TopicPartition, LogRange> logs,
        IReadOnlyDictionary<TopicPartition, long>? ahead = null)
    {
        Take(starts, logs);
        var items = Next.Where(n => n.Key.Topic == _topics.Items);
        _items.Assign(items.Select(n => new TopicPartitionOffset(n.Key, ahead?.GetValueOrDefault(n.Key, n.Value) ?? n.Value)));
    }

    /// <summary>Joins the group; partitions of the interactions come and go as it says (<see cref="NextRebalanceAsync"/>).</summary>
    public void Join() => _interactions.Subscribe(_topics.Interactions);

    /// <summary>The next change of who has which partitions. Comes while <see cref="Read"/> runs, which goes on once the change has been completed.</summary>
    public async Task<Rebalance> NextRebalanceAsync(CancellationToken cancellationToken)
    {
        await _rebalancing.WaitAsync(cancellationToken);
        return _rebalance ?? throw new InvalidOperationException("A rebalance was announced that is not there.");
    }

    /// <summary>The partitions are read from these offsets on.</summary>
    /// <param name="starts">For each partition the next record to read.</param>
    /// <param name="logs">What the broker holds of them.</param>
    public void Take(IReadOnlyDictionary<TopicPartition, long> starts, IReadOnlyDictionary<TopicPartition, LogRange> logs)
    {
        foreach (var (partition, log) in logs)
            _ends[partition] = _endsBefore[partition] = log.High;
        foreach (var (partition, start) in starts)
            Next[partition] = start;
        Partitions = [.. Next.Keys];
    }

    /// <summary>The partitions are read no more.</summary>
    public void LetGo(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            Next.Remove(partition);
        Partitions = [.. Next.Keys];
    }

    /// <summary>Reads until <paramref name="batch"/> is full or <paramref name="wait"/> is over. Blocks, also for as long as a rebalance takes.</summary>
    /// <exception cref="KafkaException">A record can't be read, for instance because the log no longer holds it.</exception>
    public void Read(RecordBatch batch, TimeSpan wait, CancellationToken cancellationToken)
    {
        batch.Clear();
        _batch = batch;
        var deadline = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        for (var n = 0; !batch.IsFull && !cancellationToken.IsCancellationRequested; n++)
        {
            if (n % ItemsEvery == 0)
                ReadItems(batch);
            var left = deadline - Environment.TickCount64;
            // Once something has come, take what else has arrived, but don't wait for more.
            var result = _interactions.Consume(TimeSpan.FromMilliseconds(batch.Records.Count > 0 ? 0 : Math.Max(0, left)));
            if (result is not null)
                batch.Add(result);
            else if (batch.Records.Count > 0 || left <= 0)
                return;
        }
    }

    /// <summary>The batch was processed for good.</summary>
    public void Advance(RecordBatch batch)
    {
        foreach (var (partition, next) in batch.Next)
            Next[partition] = next;
    }

    /// <summary>Has the broker note, before long, how far the checkpoints reach.</summary>
    public void Commit(IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        foreach (var (partition, next) in offsets)
            if (partition.Topic == _topics.Interactions && Next.ContainsKey(partition))
                try
                {
                    _interactions.StoreOffset(new TopicPartitionOffset(partition, next));
                }
                catch (KafkaException e) when (!e.Error.IsFatal)
                {
                    // The partition is on its way to us. It is for monitoring only.
                }
    }

    /// <summary>The worker deals with no more rebalances: whatever waits for it goes on.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _rebalance?.Abandon();
    }

    public void Dispose()
    {
        _disposed = true;
        Abandon();
        lock (_asking)
        {
            _admin.Dispose();
            _items.Close();
            _items.Dispose();
            _interactions.Close();
            _interactions.Dispose();
        }
    }

    private long EndOf(TopicPartition partition)
    {
        try
        {
            if ((partition.Topic == _topics.Items ? _items : _interactions).GetWatermarkOffsets(partition) is { High.Value: >= 0 and var high })
                _ends[partition] = high;
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // The partition is on its way to us.
        }
        return _ends.GetValueOrDefault(partition);
    }

    /// <summary>The settings of both consumers.</summary>
    internal static void Configure(ConsumerConfig config)
    {
        config.FetchWaitMaxMs = 100;
        config.QueuedMaxMessagesKbytes = 32 * 1024;
        // So soon a partition whose queue was full is fetched again. The client's own value, a second, is longer than a full queue lasts.
        config.FetchQueueBackoffMs = 20;
        // Headers carry traces and nothing else: where nobody listens, they are not worth an object per record.
        config.ConsumeResultFields = GraphBuilderTracing.Source.HasListeners() ? "topic,timestamp,headers" : "topic,timestamp";
    }

    private void ReadItems(RecordBatch batch)
    {
        for (var n = 0; n < ItemsEvery && !batch.IsFull && _items.Consume(TimeSpan.Zero) is { } item; n++)
            batch.Add(item);
    }

    private IEnumerable<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        var starts = partitions.Count == 0 ? null : Ask(new(RebalanceKind.Assigned, partitions));
        HasJoined = true;
        // If the worker ends, nobody will look at what is read.
        return partitions.Select(p => new TopicPartitionOffset(p, starts is null ? Offset.End : new Offset(starts[p])));
    }

    private void OnGone(RebalanceKind kind, List<TopicPartitionOffset> partitions)
    {
        var gone = partitions.ConvertAll(p => p.TopicPartition);
        if (gone.Count == 0)
            return;
        Ask(new(kind, gone));
        // Read, but not processed: the next owner reads it again.
        _batch.Drop(gone);
    }

    private IReadOnlyDictionary<TopicPartition, long>? Ask(Rebalance rebalance)
    {
        _rebalance = rebalance;
        _rebalancing.Release();
        // Set before looking, so that either Abandon finds it or this does.
        if (_abandoned)
            rebalance.Abandon();
        return rebalance.Wait();
    }
}
