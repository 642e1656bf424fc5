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

    /// <summary>The records, in the order read.</summary>
    public IReadOnlyList<ConsumeResult<byte[], byte[]>> Records => _records;

    /// <summary>For each partition that was read the record after the last one read.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Next => _next;

    /// <summary>Takes no more records before <see cref="Clear"/>.</summary>
    public bool IsFull => _records.Count >= MaxRecords || _bytes >= MaxBytes;

    public void Add(ConsumeResult<byte[], byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            // A partition may end in control records, which consumers never see.
            _next[record.TopicPartition] = record.Offset.Value;
            return;
        }
        _next[record.TopicPartition] = record.Offset.Value + 1;
        _records.Add(record);
        _bytes += (record.Message.Key?.Length ?? 0) + (record.Message.Value?.Length ?? 0);
    }

    public void Clear()
    {
        _records.Clear();
        _next.Clear();
        _bytes = 0;
    }
}
