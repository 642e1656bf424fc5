using Confluent.Kafka;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// Reads all partitions of the two topics. Partitions are assigned, not subscribed to: there is one owner, it never loses them, and it alone
/// knows where to begin. The group's committed offsets are for monitoring and follow the checkpoint.
/// </summary>
internal sealed class TopicReader : IDisposable
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly IAdminClient _admin;
    // The ends of the logs as last heard of.
    private readonly Dictionary<TopicPartition, long> _ends = [];
    private readonly Lock _asking = new();
    private volatile bool _disposed;

    public TopicReader(KafkaClients clients)
    {
        _consumer = clients.CreateConsumer($"{clients.Topics.Prefix}.graph-builder", config =>
        {
            // Offsets stored by Commit go out in the background, so a slow broker does not hold up reading.
            config.EnableAutoCommit = true;
            config.FetchWaitMaxMs = 100;
            config.QueuedMaxMessagesKbytes = 32 * 1024;
            // Headers carry traces and nothing else: where nobody listens, they are not worth an object per record.
            config.ConsumeResultFields = GraphBuilderTracing.Source.HasListeners() ? "topic,timestamp,headers" : "topic,timestamp";
        });
        _admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
    }

    /// <summary>For each assigned partition the record after the last one that was processed.</summary>
    public Dictionary<TopicPartition, long> Next { get; private set; } = [];

    /// <summary>The partitions that are read. Any thread may ask.</summary>
    public IReadOnlyList<TopicPartition> Partitions { get; private set; } = [];

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
                var range = _consumer.QueryWatermarkOffsets(p, BrokerTimeout);
                return new LogRange(range.Low.Value, range.High.Value);
            });
    }

    /// <summary>
    /// Looks for partitions that were added to the topics and reads those too, from their beginning; the others go on where they are. Only between
    /// batches.
    /// </summary>
    /// <param name="read">The batch that was read last and is not processed yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The partitions that were added.</returns>
    /// <exception cref="KafkaException">The broker does not answer; look again later.</exception>
    public async Task<IReadOnlyCollection<TopicPartition>> TakeNewPartitionsAsync(RecordBatch read, CancellationToken cancellationToken)
    {
        var found = new List<TopicPartition>();
        foreach (var topic in Next.Keys.Select(p => p.Topic).Distinct())
            found.AddRange(Enumerable.Range(0, await TopicSetup.PartitionsAsync(_admin, topic, cancellationToken)).Select(p => new TopicPartition(topic, p)));
        var added = found.Where(p => !Next.ContainsKey(p)).ToArray();
        if (added.Length == 0)
            return added;
        var logs = await Task.Run(() => Logs(added), cancellationToken);
        var starts = new Dictionary<TopicPartition, long>(Next);
        foreach (var partition in added)
            starts[partition] = logs[partition].Low;
        Assign(starts, logs, read.Next);
        return added;
    }

    /// <summary>Reads on from these offsets.</summary>
    /// <param name="starts">For each partition the next record to read.</param>
    /// <param name="logs">What the broker holds of those that it was asked about.</param>
    /// <param name="ahead">Where reading is further than processing.</param>
    public void Assign(
        Dictionary<TopicPartition, long> starts, IReadOnlyDictionary<TopicPartition, LogRange> logs, IReadOnlyDictionary<TopicPartition, long>? ahead = null)
    {
        foreach (var (partition, log) in logs)
            _ends[partition] = log.High;
        Next = starts;
        Partitions = [.. starts.Keys];
        _consumer.Assign(starts.Select(s => new TopicPartitionOffset(s.Key, ahead?.GetValueOrDefault(s.Key, s.Value) ?? s.Value)));
    }

    /// <summary>
    /// Records that the log has and that are not processed, as far as the broker has told: no call is made. Only from the thread that advances.
    /// </summary>
    public long Lag
    {
        get
        {
            var lag = 0L;
            foreach (var (partition, next) in Next)
            {
                if (_consumer.GetWatermarkOffsets(partition) is { High.Value: >= 0 and var high })
                    _ends[partition] = high;
                lag += Math.Max(0, _ends.GetValueOrDefault(partition) - next);
            }
            return lag;
        }
    }

    /// <summary>Reads until <paramref name="batch"/> is full or <paramref name="wait"/> is over. Blocks.</summary>
    /// <exception cref="KafkaException">A record can't be read, for instance because the log no longer holds it.</exception>
    public void Read(RecordBatch batch, TimeSpan wait, CancellationToken cancellationToken)
    {
        batch.Clear();
        var deadline = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        while (!batch.IsFull && !cancellationToken.IsCancellationRequested)
        {
            var left = deadline - Environment.TickCount64;
            // Once something has come, take what else has arrived, but don't wait for more.
            var result = _consumer.Consume(TimeSpan.FromMilliseconds(batch.Records.Count > 0 ? 0 : Math.Max(0, left)));
            if (result is null)
            {
                if (batch.Records.Count > 0 || left <= 0)
                    return;
                continue;
            }
            batch.Add(result);
        }
    }

    /// <summary>The batch was processed for good.</summary>
    public void Advance(RecordBatch batch)
    {
        foreach (var (partition, next) in batch.Next)
            Next[partition] = next;
    }

    /// <summary>Has the broker note, before long, how far the checkpoint reaches.</summary>
    public void Commit(IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        foreach (var (partition, next) in offsets)
            _consumer.StoreOffset(new TopicPartitionOffset(partition, next));
    }

    public void Dispose()
    {
        _disposed = true;
        lock (_asking)
        {
            _admin.Dispose();
            _consumer.Close();
            _consumer.Dispose();
        }
    }
}
