using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class LogSnapshotTests : IDisposable
{
    private const int Partitions = 4;

    private readonly MockBroker _broker = new();
    private readonly string _topic = new KafkaTopics().Interactions;
    private readonly KafkaClients _clients;
    private readonly IConsumer<byte[], byte[]> _consumer;

    public LogSnapshotTests()
    {
        _broker.CreateTopics(new KafkaTopics().Prefix);
        _clients = new(Options.Create(new KafkaOptions { BootstrapServers = _broker.BootstrapServers }), NullLogger<KafkaClients>.Instance);
        _consumer = _clients.CreateConsumer("test");
    }

    [Fact]
    public void Read_RecordsThatComeAfterwards_AreNotInIt()
    {
        // One partition grows, one has nothing yet, and one stays as it is.
        Write(0, 3);
        Write(2, 1);
        var snapshot = new LogSnapshot(_consumer, _topic, Partitions, Wait.Patience);
        Write(0, 100);
        Write(1, 1);

        var read = snapshot.Read(default).Select(r => (r.Partition.Value, r.Offset.Value)).Order();

        Assert.Equal([(0, 0), (0, 1), (0, 2), (2, 0)], read);
        Assert.Equal(4, snapshot.Records);
    }

    [Fact]
    public void Read_NothingThere_Ends() => Assert.Empty(new LogSnapshot(_consumer, _topic, Partitions, Wait.Patience).Read(default));

    [Fact]
    public void Read_BrokerGone_SaysSo()
    {
        Write(0, 3);
        // Asking is not what must fail.
        _ = _consumer.QueryWatermarkOffsets(new(_topic, 0), Wait.Patience);
        var snapshot = new LogSnapshot(_consumer, _topic, 1, TimeSpan.FromSeconds(5));
        _broker.Dispose();

        var refusal = Assert.Throws<TimeoutException>(() => snapshot.Read(default).Count());

        Assert.Equal($"{_topic} was not read: no record came for 5 s.", refusal.Message);
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _broker.Dispose();
    }

    private void Write(int partition, int records)
    {
        using var producer = _clients.CreateProducer();
        for (var n = 0; n < records; n++)
            producer.Produce(new TopicPartition(_topic, partition), new() { Value = [1] });
        producer.Flush(Wait.Patience);
    }
}
