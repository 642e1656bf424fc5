using Confluent.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Records read and not yet processed: bounded in number and in bytes, since an item with all its features can take a quarter of a MiB.</summary>
internal sealed class RecordBatch
{
    /// <summary>Records of a full batch.</summary>
    public const int MaxRecords = 5000;

    /// <summary>Bytes of keys and values of a full batch; the last record may exceed it.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private readonly List<ConsumeResult<byte[], byte[]>> _records = [];
    private readonly Dictionary<TopicPartition, long> _next = [];
    private long _bytes;

    // Records come in runs of one partition; a look-up for each would cost as much as reading it.
    private TopicPartition? _current;
    private long _currentNext;

    /// <summary>The records, in the order read.</summary>
    public IReadOnlyList<ConsumeResult<byte[], byte[]>> Records => _records;

    /// <summary>For each partition that was read the record after the last one read.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Next
    {
        get
        {
            if (_current is not null)
                _next[_current] = _currentNext;
            return _next;
        }
    }

    /// <summary>Takes no more records before <see cref="Clear"/>.</summary>
    public bool IsFull => _records.Count >= MaxRecords || _bytes >= MaxBytes;

    public void Add(ConsumeResult<byte[], byte[]> record)
    {
        if (_current is null || _current.Partition != record.Partition || _current.Topic != record.Topic)
        {
            if (_current is not null)
                _next[_current] = _currentNext;
            _current = record.TopicPartition;
        }
        // A partition may end in control records, which consumers never see.
        _currentNext = record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1;
        if (record.IsPartitionEOF)
            return;
        _records.Add(record);
        _bytes += (record.Message.Key?.Length ?? 0) + (record.Message.Value?.Length ?? 0);
    }

    /// <summary>Forgets the records of partitions that have been taken away.</summary>
    public void Drop(IReadOnlyCollection<TopicPartition> partitions)
    {
        _records.RemoveAll(r => partitions.Contains(r.TopicPartition));
        if (_current is not null)
            _next[_current] = _currentNext;
        _current = null;
        foreach (var partition in partitions)
            _next.Remove(partition);
    }

    public void Clear()
    {
        _records.Clear();
        _next.Clear();
        _current = null;
        _bytes = 0;
    }
}
