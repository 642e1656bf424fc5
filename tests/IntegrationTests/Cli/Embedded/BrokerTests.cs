using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Cli.Embedded;

/// <summary>What the pipeline needs of a broker, on each kind of broker that this machine has.</summary>
public class BrokerTests
{
    public static TheoryData<string> Kinds => Brokers.Theory;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Producer_IdempotentWithEachCompression_IsReadBackInOrder(string kind)
    {
        var broker = await SharedServers.BrokerAsync(kind);
        foreach (var compression in Enum.GetValues<CompressionType>())
        {
            var topic = await broker.CreateTopicAsync("compression", partitions: 3);
            await ProduceAsync(broker, topic, count: 3000, compression);

            using var consumer = Consumer(broker);
            consumer.Assign(Enumerable.Range(0, 3).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
            var messages = Consume(consumer, 3000);

            Assert.Equal(Enumerable.Range(0, 3000), messages.Select(message => int.Parse(message.Message.Value)).Order());
            Assert.All(messages.GroupBy(message => message.Partition), partition =>
                Assert.Equal(partition.Select(message => message.Offset.Value), Enumerable.Range(0, partition.Count()).Select(offset => (long)offset)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Consumer_AssignedAtAnOffset_StartsThere(string kind)
    {
        var broker = await SharedServers.BrokerAsync(kind);
        var topic = await broker.CreateTopicAsync("seek", partitions: 1);
        await ProduceAsync(broker, topic, count: 100, CompressionType.Lz4);

        using var consumer = Consumer(broker);
        var watermarks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Wait.Patience);
        consumer.Assign(new TopicPartitionOffset(topic, 0, 40));

        Assert.Equal((0, 100), (watermarks.Low.Value, watermarks.High.Value));
        Assert.Equal(40, Consume(consumer, 60)[0].Offset.Value);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Group_AfterACommit_ContinuesFromThere(string kind)
    {
        var broker = await SharedServers.BrokerAsync(kind);
        var topic = await broker.CreateTopicAsync("group", partitions: 1);
        await ProduceAsync(broker, topic, count: 10, CompressionType.None);

        using (var first = Consumer(broker))
        {
            first.Subscribe(topic);
            first.Commit(Consume(first, 10)[6]);
            first.Close();
        }
        using var second = Consumer(broker);
        second.Assign(new TopicPartition(topic, 0));

        Assert.Equal(["7", "8", "9"], Consume(second, 3).Select(message => message.Message.Value));
    }

    [Fact]
    public async Task EmbeddedBroker_MoreThanAPartitionKeeps_DropsTheOldest()
    {
        var broker = await SharedServers.BrokerAsync(Brokers.Embedded);
        var topic = await broker.CreateTopicAsync("retention", partitions: 1);
        var padding = new string('x', 1000);
        await ProduceAsync(broker, topic, count: 8000, CompressionType.None, padding);

        using var consumer = Consumer(broker);
        var watermarks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), Wait.Patience);

        Assert.Equal(8000, watermarks.High.Value);
        Assert.InRange(watermarks.Low.Value, 8000 - EmbeddedBroker.BytesPerPartition / padding.Length, 4000);
    }

    [Fact]
    public async Task EmbeddedBroker_CreateTopicsByAdminClient_IsUnsupported()
    {
        await using var broker = EmbeddedBroker.Start();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

        var exception = await Assert.ThrowsAnyAsync<KafkaException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "t", NumPartitions = 1 }]));

        Assert.Equal(ErrorCode.Local_UnsupportedFeature, exception.Error.Code);
    }

    [Fact]
    public async Task EmbeddedBroker_TopicCreatedByAProducer_HasFourPartitions()
    {
        await using var broker = EmbeddedBroker.Start();
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await producer.ProduceAsync("asked-for", new Message<Null, string> { Value = "1" });

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

        Assert.Equal(4, admin.GetMetadata("asked-for", Wait.Patience).Topics.Single().Partitions.Count);
    }

    [Fact]
    public async Task EmbeddedBroker_TopicCreatedTwice_IsRefused()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("twice", 2);

        var exception = Assert.Throws<KafkaException>(() => broker.CreateTopic("twice", 2));

        Assert.Equal(ErrorCode.TopicAlreadyExists, exception.Error.Code);
        Assert.Contains("twice", exception.Message);
    }

    private static async Task ProduceAsync(KafkaBroker broker, string topic, int count, CompressionType compression, string padding = "")
    {
        var configuration = new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            EnableIdempotence = true,
            CompressionType = compression,
            LingerMs = 5,
        };
        using var producer = new ProducerBuilder<string, string>(configuration).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(number =>
            producer.ProduceAsync(topic, new Message<string, string> { Key = $"{number % 50}", Value = number + padding })));
    }

    private static IConsumer<string, string> Consumer(KafkaBroker broker) => new ConsumerBuilder<string, string>(new ConsumerConfig
    {
        BootstrapServers = broker.BootstrapServers,
        GroupId = nameof(BrokerTests),
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        FetchWaitMaxMs = 20,
    }).Build();

    private static List<ConsumeResult<string, string>> Consume(IConsumer<string, string> consumer, int count)
    {
        var messages = new List<ConsumeResult<string, string>>(count);
        using var deadline = new CancellationTokenSource(Wait.Patience);
        while (messages.Count < count)
            messages.Add(consumer.Consume(deadline.Token));
        return messages;
    }
}
