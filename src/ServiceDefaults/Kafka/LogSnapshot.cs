using Confluent.Kafka;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>
/// What a topic holds at one moment, to be read once. The ends are asked for beforehand: where records arrive all the time, a reader that waits for the
/// broker to say "that was the last one" may wait for ever.
/// </summary>
public sealed class LogSnapshot
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly string _topic;
    private readonly TimeSpan _patience;

    // Of the partitions that are not read yet.
    private readonly Dictionary<int, long> _ends = [];

    /// <summary>Asks for the partitions' ends. Blocks.</summary>
    /// <param name="consumer">Reads nothing else meanwhile; says where a partition ends (<see cref="ConsumerConfig.EnablePartitionEof"/>).</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partitions">How many it has: 1 or more.</param>
    /// <param name="patience">How long the broker may take to answer, and then for each record.</param>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public LogSnapshot(IConsumer<byte[], byte[]> consumer, string topic, int partitions, TimeSpan patience)
    {
        (_consumer, _topic, _patience) = (consumer, topic, patience);
        for (var partition = 0; partition < partitions; partition++)
        {
            var range = consumer.QueryWatermarkOffsets(new(topic, partition), patience);
            if (range.High.Value == range.Low.Value)
                continue;
            _ends.Add(partition, range.High.Value);
            Records += range.High.Value - range.Low.Value;
        }
    }

    /// <summary>How many records there are at most: transactions and compaction leave gaps between offsets.</summary>
    public long Records { get; }

    /// <summary>The records, each partition's in order. Blocks.</summary>
    /// <exception cref="KafkaException">A record can't be read.</exception>
    /// <exception cref="TimeoutException">No record came for as long as patience lasts.</exception>
    public IEnumerable<ConsumeResult<byte[], byte[]>> Read(CancellationToken cancellationToken)
    {
        _consumer.IncrementalAssign(_ends.Keys.Select(partition => new TopicPartitionOffset(_topic, partition, Offset.Beginning)));
        while (_ends.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = _consumer.Consume(_patience)
                ?? throw new TimeoutException($"{_topic} was not read: no record came for {_patience.TotalSeconds:0} s.");
            if (!_ends.TryGetValue(record.Partition.Value, out var end))
                continue;
            // The last records may be ones that consumers never see; then the broker's word, or a record that came since, says that it is over.
            var isBefore = !record.IsPartitionEOF && record.Offset.Value < end;
            if (isBefore)
                yield return record;
            if (isBefore && record.Offset.Value + 1 < end)
                continue;
            _ends.Remove(record.Partition.Value);
            _consumer.IncrementalUnassign([record.TopicPartition]);
        }
    }
}
