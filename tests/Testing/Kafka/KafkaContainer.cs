using Testcontainers.Kafka;

namespace Rearm.Streaming.Testing.Kafka;

/// <summary>Apache Kafka in a container.</summary>
public sealed class KafkaContainer : KafkaBroker
{
    private const string Image = "apache/kafka:4.1.1";

    private readonly global::Testcontainers.Kafka.KafkaContainer _container = new KafkaBuilder(Image).Build();

    private KafkaContainer()
    {
    }

    /// <inheritdoc/>
    public override string BootstrapServers => _container.GetBootstrapAddress();

    /// <inheritdoc/>
    public override string Description => $"Apache Kafka (container {Image})";

    /// <summary>Starts a container and returns when its broker answers.</summary>
    public static async Task<KafkaContainer> StartAsync()
    {
        var kafka = new KafkaContainer();
        await kafka._container.StartAsync();
        return kafka;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _container.DisposeAsync();
        await base.DisposeAsync();
    }
}
