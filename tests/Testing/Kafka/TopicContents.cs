using Confluent.Kafka;

namespace Rearm.Streaming.Testing.Kafka;

/// <summary>What a topic holds that nobody writes to any more.</summary>
public static class TopicContents
{
    /// <summary>All records, partition by partition in order.</summary>
    public static List<ConsumeResult<byte[], byte[]>> Read(string bootstrapServers, string topic)
    {
        var configuration = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "test", EnablePartitionEof = true, FetchWaitMaxMs = 10 };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(configuration).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, Wait.Patience).Topics[0].Partitions.Count;
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        for (var ended = 0; ended < partitions;)
        {
            var read = consumer.Consume(Wait.Patience) ?? throw new TimeoutException($"{topic} was not read within {Wait.Patience}.");
            if (read.IsPartitionEOF)
                ended++;
            else
                records.Add(read);
        }
        return [.. records.OrderBy(r => r.Partition.Value)];
    }
}
