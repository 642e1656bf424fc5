using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Testing.Kafka;

/// <summary>librdkafka's test cluster: a broker inside this process that speaks the real protocol on a free port.</summary>
public sealed class MockBroker : IDisposable
{
    private readonly IAdminClient _cluster;
    private bool _disposed;

    public MockBroker()
    {
        _cluster = new AdminClientBuilder([new("bootstrap.servers", "mock"), new("test.mock.num.brokers", "1")]).SetLogHandler((_, _) => { }).Build();
        var broker = _cluster.GetMetadata(Wait.Patience).Brokers[0];
        BootstrapServers = $"{broker.Host}:{broker.Port}";
    }

    public string BootstrapServers { get; }

    /// <summary>Creates the topics of a prefix. The cluster creates a topic when somebody asks for its metadata.</summary>
    public void CreateTopics(string prefix)
    {
        var topics = new KafkaTopics(prefix);
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
            _cluster.GetMetadata(topic, Wait.Patience);
    }

    /// <summary>All records of a topic, as (key, value), partition by partition in order.</summary>
    public List<(string Key, byte[] Value)> Read(string topic) =>
        TopicContents.Read(BootstrapServers, topic).ConvertAll(r => (Encoding.UTF8.GetString(r.Message.Key), r.Message.Value));

    public List<(string Key, InteractionEvent Event)> Interactions(string prefix) =>
        [.. Read(new KafkaTopics(prefix).Interactions).Select(r => (r.Key, EventCodec.ReadInteraction(r.Value)))];

    public List<(string Key, ItemEvent Event)> Items(string prefix) =>
        [.. Read(new KafkaTopics(prefix).Items).Select(r => (r.Key, EventCodec.ReadItem(r.Value)))];

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        _cluster.Dispose();
    }
}
