using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>One broker for the tests of a class, the most real one there is here; each uses topics of its own.</summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    public KafkaBroker Broker { get; private set; } = null!;

    public string BootstrapServers => Broker.BootstrapServers;

    public async Task InitializeAsync() => Broker = await Brokers.StartAsync((await Brokers.KindsAsync()).First());

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
