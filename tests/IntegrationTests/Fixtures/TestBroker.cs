using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>A Kafka broker to test against, whichever this machine has.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    public const string Outside = "outside";
    public const string Apache = "Apache Kafka";
    public const string Container = "container";
    public const string Embedded = "embedded";

    private readonly IAsyncDisposable? server;

    private TestBroker(string kind, string bootstrapServers, IAsyncDisposable? server)
    {
        Kind = kind;
        BootstrapServers = bootstrapServers;
        this.server = server;
    }

    public string Kind { get; }

    public string BootstrapServers { get; }

    /// <summary>The kinds that can be started here, the most real one first.</summary>
    public static IEnumerable<string> Kinds
    {
        get
        {
            if (Variable("REARM_TEST_KAFKA") is not null)
                yield return Outside;
            if (Variable("REARM_TEST_KAFKA_HOME") is not null)
                yield return Apache;
#if CONTAINERS
            yield return Container;
#endif
            yield return Embedded;
        }
    }

    public static async Task<TestBroker> StartAsync(string kind)
    {
        switch (kind)
        {
            case Outside:
                return new TestBroker(kind, Variable("REARM_TEST_KAFKA")!, null);
            case Apache:
                var kafka = await ApacheKafka.StartAsync(Variable("REARM_TEST_KAFKA_HOME")!);
                return new TestBroker(kind, kafka.BootstrapServers, kafka);
#if CONTAINERS
            case Container:
#pragma warning disable CS0618 // Newer versions want the image in the constructor, older ones know only this.
                var container = new Testcontainers.Kafka.KafkaBuilder().WithImage("apache/kafka:4.1.1").Build();
#pragma warning restore CS0618
                await container.StartAsync();
                return new TestBroker(kind, container.GetBootstrapAddress(), container);
#endif
            case Embedded:
                var broker = EmbeddedBroker.Start();
                return new TestBroker(kind, broker.BootstrapServers, broker);
            default:
                throw new ArgumentException($"There is no kind of broker called {kind}.", nameof(kind));
        }
    }

    /// <summary>Creates a topic that only the calling test knows, and returns its name.</summary>
    public async Task<string> CreateTopicAsync(string prefix, int partitions = 4)
    {
        var name = $"{prefix}.{Guid.NewGuid():N}";
        if (server is EmbeddedBroker embedded)
        {
            embedded.CreateTopic(name, partitions);
            return name;
        }
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }]);
        return name;
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
