using System.Net;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class KafkaTests
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

    [Fact]
    public async Task EnsureAsync_TopicsExist_AreLeftAsTheyAre()
    {
        using var broker = new MockBroker();
        var topics = new KafkaTopics();
        broker.CreateTopics(topics.Prefix);
        await using var app = TestService.Build(TestService.FreePorts, b =>
        {
            b.Configuration["Kafka:BootstrapServers"] = broker.BootstrapServers;
            b.Services.AddKafka();
        });

        var partitions = await app.Services.GetRequiredService<TopicSetup>().EnsureAsync(default).WaitAsync(Wait.Patience);

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

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Services.GetRequiredService<TopicSetup>().EnsureAsync(stop.Token).WaitAsync(Wait.Patience));
    }

    [Fact]
    public void Settings_UsersProperties_OverrideOurDefaults()
    {
        var clients = Clients(new() { ["linger.ms"] = "50", ["compression.type"] = "none", ["client.id"] = "shop" });

        var producer = clients.ProducerSettings(null);
        var consumer = clients.ConsumerSettings("g", null);

        Assert.Equal((50, CompressionType.None, "shop"), (producer.LingerMs, producer.CompressionType, producer.ClientId));
        Assert.Equal((Acks.All, true, "k:1"), (producer.Acks, producer.EnableIdempotence, producer.BootstrapServers));
        Assert.Equal(("shop", "g", false), (consumer.ClientId, consumer.GroupId, consumer.EnableAutoCommit));
    }

    [Fact]
    public void Settings_NothingSet_AreOurDefaults()
    {
        var producer = Clients([]).ProducerSettings(c => c.LingerMs = 7);

        Assert.Equal((7, CompressionType.Gzip), (producer.LingerMs, producer.CompressionType));
    }

    private static KafkaClients Clients(Dictionary<string, string> client) =>
        new(Options.Create(new KafkaOptions { BootstrapServers = "k:1", Client = client }), NullLogger<KafkaClients>.Instance);
}
