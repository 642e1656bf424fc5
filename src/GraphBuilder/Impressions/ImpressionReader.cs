using Confluent.Kafka;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>
/// Reads the impressions and the interactions of the same partitions side by side. A partition of which one log is far ahead of the other in time stands still
/// until the other has come along.
/// </summary>
internal sealed class ImpressionReader : IDisposable
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    // Records of a partition that wait for its other log.
    private const int MostWaiting = 20_000;
    private const int RecordsAtATime = 5000;

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly RecordReading _reading;
    private readonly string _impressions;
    private readonly string _interactions;
    private readonly HashSet<TopicPartition> _paused = [];

    public ImpressionReader(KafkaClients clients, EventTypes types)
    {
        (_impressions, _interactions, _reading) = (clients.Topics.Impressions, clients.Topics.Interactions, new(types));
        _consumer = clients.CreateConsumer($"{clients.Topics.Prefix}.graph-builder.impressions", config =>
        {
            config.FetchWaitMaxMs = 100;
            config.QueuedMaxMessagesKbytes = 16 * 1024;
            config.ConsumeResultFields = "topic,timestamp";
        });
    }

    /// <summary>The joins, by partition.</summary>
    public Dictionary<int, PartitionJoin> Joins { get; } = [];

    /// <summary>Records of the impressions that are not read yet, as far as the broker has told.</summary>
    public long Lag => Joins.Keys.Sum(partition =>
    {
        var topic = new TopicPartition(_impressions, partition);
        return _consumer.GetWatermarkOffsets(topic).High.Value is var high and > 0 && _consumer.Position(topic) is { Value: >= 0 and var next }
            ? Math.Max(0, high - next)
            : 0;
    });

    /// <summary>Where to begin with a partition of which nothing was counted: with what comes next.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public ImpressionCounts Beginning(int partition)
    {
        var (impressions, interactions) = (Log(_impressions, partition).High.Value, Log(_interactions, partition).High.Value);
        return new() { ImpressionsOffset = impressions, ImpressionsFrom = impressions, InteractionsOffset = interactions, InteractionsFrom = interactions };
    }

    /// <summary>Whether both logs have what was counted of a partition; if not they are others, or have lost their ends.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public bool Has(int partition, ImpressionCounts counts) =>
        counts.ImpressionsOffset <= Log(_impressions, partition).High.Value && counts.InteractionsOffset <= Log(_interactions, partition).High.Value;

    /// <summary>Reads a partition as well.</summary>
    /// <param name="partition">Of both topics.</param>
    /// <param name="join">Takes what is read.</param>
    /// <param name="counts">Says from where.</param>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public void Take(int partition, PartitionJoin join, ImpressionCounts counts)
    {
        _consumer.IncrementalAssign([
            // What retention has removed since is read by nobody.
            new TopicPartitionOffset(_impressions, partition, Math.Max(counts.ImpressionsFrom, Log(_impressions, partition).Low.Value)),
            new TopicPartitionOffset(_interactions, partition, Math.Max(counts.InteractionsFrom, Log(_interactions, partition).Low.Value))]);
        Joins.Add(partition, join);
    }

    /// <summary>Reads a partition no more.</summary>
    public void LetGo(int partition)
    {
        TopicPartition[] logs = [new(_impressions, partition), new(_interactions, partition)];
        _consumer.IncrementalUnassign(logs);
        Joins.Remove(partition);
        _paused.ExceptWith(logs);
    }

    /// <summary>Reads what there is, or waits a while. Blocks.</summary>
    /// <exception cref="KafkaException">A record can't be read.</exception>
    public void Read(TimeSpan wait)
    {
        for (var n = 0; n < RecordsAtATime; n++)
        {
            if (_consumer.Consume(n == 0 ? wait : TimeSpan.Zero) is not { } record)
                return;
            if (!Joins.TryGetValue(record.Partition.Value, out var join))
                continue;
            var isImpression = record.Topic == _impressions;
            if (record.IsPartitionEOF)
                (join.ImpressionsEnd, join.InteractionsEnd) = (join.ImpressionsEnd || isImpression, join.InteractionsEnd || !isImpression);
            else if (isImpression)
                join.Offer(RecordReading.ReadShown(record));
            else
                join.Offer(_reading.ReadClick(record));
        }
    }

    /// <summary>Has logs wait that are too far ahead, and those go on that are not any more.</summary>
    public void Balance()
    {
        foreach (var (partition, join) in Joins)
        {
            // Of one log at most some wait, so never do both stand still.
            Balance(new(_impressions, partition), join.WaitingImpressions);
            Balance(new(_interactions, partition), join.Waiting - join.WaitingImpressions);
        }
    }

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private void Balance(TopicPartition log, int waiting)
    {
        if (waiting > MostWaiting && _paused.Add(log))
            _consumer.Pause([log]);
        else if (waiting <= MostWaiting / 2 && _paused.Remove(log))
            _consumer.Resume([log]);
    }

    private WatermarkOffsets Log(string topic, int partition) => _consumer.QueryWatermarkOffsets(new(topic, partition), BrokerTimeout);
}
