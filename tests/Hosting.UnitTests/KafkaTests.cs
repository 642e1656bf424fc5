using System.Net;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Hosting.Kafka;

namespace Rearm.Streaming.Hosting.UnitTests;

public sealed class KafkaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Readyz_BrokerComesAndGoes_Follows()
    {
        var broker = new AdminClientBuilder([new("bootstrap.servers", "mock"), new("test.mock.num.brokers", "1")]).SetLogHandler((_, _) => { }).Build();
        var address = Address(broker);
        await using var service = await TestService.StartAsync(b =>
        {
            b.Configuration["Kafka:BootstrapServers"] = address;
            b.Services.AddKafka();
        });

        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/readyz")).StatusCode);
        broker.Dispose();
        using var ready = await service.Http.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains($"kafka: Kafka at {address} does not answer", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task EnsureAsync_TopicsThatAreThere_AreLeftAsTheyAre()
    {
        using var broker = new AdminClientBuilder([new("bootstrap.servers", "mock"), new("test.mock.num.brokers", "1")]).SetLogHandler((_, _) => { }).Build();
        var topics = new KafkaTopics();
        foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
            broker.GetMetadata(topic, Patience);
        await using var app = TestService.Build(TestService.FreePorts, b =>
        {
            b.Configuration["Kafka:BootstrapServers"] = Address(broker);
            b.Services.AddKafka();
        });

        var partitions = await app.Services.GetRequiredService<TopicSetup>().EnsureAsync(default).WaitAsync(Patience);

        Assert.Equal([topics.DeadLetters, topics.Interactions, topics.Items], partitions.Keys.Order());
        Assert.All(partitions.Values, count => Assert.Equal(4, count));
    }

    [Fact]
    public async Task EnsureAsync_Cancelled_Ends()
    {
        await using var app = TestService.Build(TestService.FreePorts, b =>
        {
            b.Configuration["Kafka:BootstrapServers"] = "127.0.0.1:1";
            b.Services.AddKafka();
        });
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Services.GetRequiredService<TopicSetup>().EnsureAsync(stop.Token).WaitAsync(Patience));
    }

    private static string Address(IAdminClient broker)
    {
        var first = broker.GetMetadata(Patience).Brokers[0];
        return $"{first.Host}:{first.Port}";
    }
}
