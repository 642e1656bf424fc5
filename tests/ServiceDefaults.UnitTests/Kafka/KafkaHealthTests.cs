using System.Net;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class KafkaHealthTests
{
    [Fact]
    public async Task Readyz_BrokerGone_IsUnavailable()
    {
        var broker = new MockBroker();
        await using var service = await TestService.StartAsync(b =>
        {
            b.Configuration["Kafka:BootstrapServers"] = broker.BootstrapServers;
            b.Services.AddKafka();
        });

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/readyz")).StatusCode);
        broker.Dispose();
        using var ready = await service.Http.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains($"kafka: Kafka at {broker.BootstrapServers} does not answer", await ready.Content.ReadAsStringAsync());
    }
}
