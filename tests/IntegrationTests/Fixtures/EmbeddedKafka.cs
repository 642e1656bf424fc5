using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>The broker that <c>rearm demo</c> and <c>rearm broker</c> run on.</summary>
internal sealed class EmbeddedKafka : KafkaBroker
{
    private readonly EmbeddedBroker _broker = EmbeddedBroker.Start();

    public override string BootstrapServers => _broker.BootstrapServers;

    public override string Description => "the embedded broker";

    public override async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await base.DisposeAsync();
    }

    public override Task CreateAsync(string topic, int partitions)
    {
        _broker.CreateTopic(topic, partitions);
        return Task.CompletedTask;
    }
}
