using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder;
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
        var topics = new KafkaTopics($"t{Guid.NewGuid():N}");
        await kafka.Broker.CreateAsync(topics.Items, 4);
        await kafka.Broker.CreateAsync(topics.Interactions, 1);
        var topic = topics.Items;
        var (known, added) = (new TopicPartition(topic, 0), new TopicPartition(topic, 3));
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, TopicPrefix = topics.Prefix }), NullLogger<KafkaClients>.Instance);
        using var producer = clients.CreateProducer();
        await producer.ProduceAsync(known, new() { Value = [1] });
        await producer.ProduceAsync(added, new() { Value = [2] });

        using var reader = new TopicReader(clients, new GraphBuilderOptions());
        // As if the topic had had two partitions when the reader started.
        reader.AssignItems(new Dictionary<TopicPartition, long> { [known] = 0, [new(topic, 1)] = 0 }, new Dictionary<TopicPartition, LogRange>());
        var batch = new RecordBatch();
        Assert.Equal([(known, 0L, (byte)1)], await ReadAsync(reader, 1, batch));
        // Read, but not processed yet.
        Assert.Equal([new(topic, 2), added], await reader.TakeNewItemPartitionsAsync(batch, default));
        Assert.Equal(4, reader.Partitions.Count);
        Assert.Equal(0, reader.Next[known]);
        reader.Advance(batch);
        Assert.Equal(1, reader.Next[known]);

        await producer.ProduceAsync(known, new() { Value = [3] });
        Assert.Equal([(known, 1L, (byte)3), (added, 0L, (byte)2)], (await ReadAsync(reader, 2, batch)).OrderBy(r => r.Partition.Partition.Value));
        Assert.Empty(await reader.TakeNewItemPartitionsAsync(batch, default));
    }

    [Fact]
    public async Task NextRebalance_Joined_HoldsReadingUpUntilItIsCompletedAndBeginsWhereItSays()
    {
        var topics = new KafkaTopics($"t{Guid.NewGuid():N}");
        await kafka.Broker.CreateAsync(topics.Items, 1);
        await kafka.Broker.CreateAsync(topics.Interactions, 1);
        var partition = new TopicPartition(topics.Interactions, 0);
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, TopicPrefix = topics.Prefix }), NullLogger<KafkaClients>.Instance);
        using var producer = clients.CreateProducer();
        for (byte n = 0; n < 3; n++)
            await producer.ProduceAsync(partition, new() { Value = [n] });

        using var reader = new TopicReader(clients, new GraphBuilderOptions());
        reader.Join();
        var batch = new RecordBatch();
        var reading = ReadAsync(reader, 2, batch);
        var rebalance = await reader.NextRebalanceAsync(default).WaitAsync(Wait.Patience);
        Assert.Equal((RebalanceKind.Assigned, partition), (rebalance.Kind, rebalance.Partitions.Single()));
        Assert.False(reading.IsCompleted);
        reader.Take(new Dictionary<TopicPartition, long> { [partition] = 1 }, new Dictionary<TopicPartition, LogRange>());
        rebalance.Complete(reader.Next);
        Assert.Equal([(partition, 1L, (byte)1), (partition, 2L, (byte)2)], await reading);
        Assert.True(reader.HasJoined);
    }

    [Fact]
    public async Task Abandon_ARebalanceWaits_ReadingGoesOn()
    {
        var topics = new KafkaTopics($"t{Guid.NewGuid():N}");
        await kafka.Broker.CreateAsync(topics.Items, 1);
        await kafka.Broker.CreateAsync(topics.Interactions, 1);
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, TopicPrefix = topics.Prefix }), NullLogger<KafkaClients>.Instance);
        using var reader = new TopicReader(clients, new GraphBuilderOptions());
        reader.Join();
        var reading = Task.Run(() =>
        {
            for (var batch = new RecordBatch(); !reader.HasJoined;)
                reader.Read(batch, TimeSpan.FromMilliseconds(100), default);
        });
        await reader.NextRebalanceAsync(default).WaitAsync(Wait.Patience);
        reader.Abandon();
        await reading.WaitAsync(Wait.Patience);
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
