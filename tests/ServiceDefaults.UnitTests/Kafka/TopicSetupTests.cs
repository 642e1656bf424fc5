using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class TopicSetupTests
{
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
}
