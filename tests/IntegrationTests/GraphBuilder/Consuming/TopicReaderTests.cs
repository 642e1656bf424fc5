using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Consuming;

public sealed class TopicReaderTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>
{
    [Fact]
    public async Task TakeNewPartitions_SomeAreNotReadYet_ReadsThemFromTheBeginningAndTheOthersOn()
    {
        var topic = await kafka.Broker.CreateTopicAsync("reader", 4);
        var (known, added) = (new TopicPartition(topic, 0), new TopicPartition(topic, 3));
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }), NullLogger<KafkaClients>.Instance);
        using var producer = clients.CreateProducer();
        await producer.ProduceAsync(known, new() { Value = [1] });
        await producer.ProduceAsync(added, new() { Value = [2] });

        using var reader = new TopicReader(clients);
        // As if the topic had had two partitions when the reader started.
        reader.Assign(new() { [known] = 0, [new(topic, 1)] = 0 }, new Dictionary<TopicPartition, LogRange>());
        var batch = new RecordBatch();
        Assert.Equal([(known, 0L, (byte)1)], await ReadAsync(reader, 1, batch));
        // Read, but not processed yet.
        Assert.Equal([new(topic, 2), added], await reader.TakeNewPartitionsAsync(batch, default));
        Assert.Equal(4, reader.Partitions.Count);
        Assert.Equal(0, reader.Next[known]);
        reader.Advance(batch);
        Assert.Equal(1, reader.Next[known]);

        await producer.ProduceAsync(known, new() { Value = [3] });
        Assert.Equal([(known, 1L, (byte)3), (added, 0L, (byte)2)], (await ReadAsync(reader, 2, batch)).OrderBy(r => r.Partition.Partition.Value));
        Assert.Empty(await reader.TakeNewPartitionsAsync(batch, default));
    }

    private static Task<List<(TopicPartition Partition, long Offset, byte Value)>> ReadAsync(TopicReader reader, int count, RecordBatch batch) => Task.Run(() =>
    {
        var read = new List<(TopicPartition, long, byte)>();
        for (var deadline = DateTime.UtcNow + Wait.Patience; read.Count < count && DateTime.UtcNow < deadline;)
        {
            reader.Read(batch, TimeSpan.FromMilliseconds(100), default);
            read.AddRange(batch.Records.Select(r => (r.TopicPartition, r.Offset.Value, r.Message.Value[0])));
        }
        return read;
    });
}
