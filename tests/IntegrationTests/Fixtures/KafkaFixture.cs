using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>The run's broker.</summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    public KafkaBroker Broker { get; private set; } = null!;

    public string BootstrapServers => Broker.BootstrapServers;

    public async Task InitializeAsync() => Broker = await SharedServers.BrokerAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
