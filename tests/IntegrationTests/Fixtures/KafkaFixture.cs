namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>
/// One broker for the tests of a class, the most real one there is: <c>REARM_TEST_KAFKA</c> (host:port), else a broker of the Kafka home in
/// <c>REARM_TEST_KAFKA_HOME</c>, else a container (<c>-p:Containers=true</c>), else the embedded one.
/// </summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    public TestBroker Broker { get; private set; } = null!;

    public string BootstrapServers => Broker.BootstrapServers;

    public async Task InitializeAsync() => Broker = await TestBroker.StartAsync(TestBroker.Kinds.First());

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
