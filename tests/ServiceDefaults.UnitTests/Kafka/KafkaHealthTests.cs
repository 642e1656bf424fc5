using System.Net;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
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

        await Wait.UntilAsync("it is ready", async () => (await service.Http.GetAsync("/readyz")).IsSuccessStatusCode);
        broker.Dispose();
        using var ready = await service.Http.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains($"kafka: Kafka at {broker.BootstrapServers} does not answer", await ready.Content.ReadAsStringAsync());
    }
}
