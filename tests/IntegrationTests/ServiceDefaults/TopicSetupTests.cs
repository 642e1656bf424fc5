using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.ServiceDefaults;

/// <summary>The topics that a service creates, with each kind of broker that this machine has.</summary>
public class TopicSetupTests
{
    public static TheoryData<string> Kinds => Brokers.Theory;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task EnsureAsync_NoTopics_CreatesThemWithTheBrokersTimeAndOurRetention(string kind)
    {
        var broker = await SharedServers.BrokerAsync(kind);
        var topics = new KafkaTopics($"setup{Guid.NewGuid():N}");
        await EnsureAsync(topics, broker.BootstrapServers, "--Kafka:InteractionsRetention=7.00:00:00", "--Kafka:DeadLettersRetention=00:00:00");

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        // The embedded broker has a number of its own, and no settings of topics.
        Assert.Equal(kind == Brokers.Embedded ? 4 : 3, await TopicSetup.PartitionsAsync(admin, topics.Interactions, default));
        if (kind == Brokers.Embedded)
            return;
        var settings = await SettingsAsync(admin, topics.Interactions, topics.Items, topics.DeadLetters);
        Assert.All(settings.Values, s => Assert.Equal("LogAppendTime", s["message.timestamp.type"].Value));
        Assert.Equal(("delete", "604800000"), (settings[topics.Interactions]["cleanup.policy"].Value, settings[topics.Interactions]["retention.ms"].Value));
        Assert.Equal("compact", settings[topics.Items]["cleanup.policy"].Value);
        Assert.Equal(("delete", "-1"), (settings[topics.DeadLetters]["cleanup.policy"].Value, settings[topics.DeadLetters]["retention.ms"].Value));
    }

    [ApacheKafkaFact]
    public async Task EnsureAsync_BrokerThatAsksForALogin_LogsIn()
    {
        await using var broker = await ApacheKafka.StartAsync(ApacheKafka.Home!, password: "s3cret");
        var topics = new KafkaTopics("login");
        string[] login = ["--Kafka:SecurityProtocol=SASL_PLAINTEXT", "--Kafka:SaslMechanism=PLAIN", "--Kafka:SaslUsername=rearm"];

        await EnsureAsync(topics, broker.LoginBootstrapServers, [.. login, "--Kafka:SaslPassword=s3cret"]);

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        Assert.Equal(3, await TopicSetup.PartitionsAsync(admin, topics.Items, default));
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EnsureAsync(topics, broker.LoginBootstrapServers, [.. login, "--Kafka:SaslPassword=wrong"], giveUp.Token));
    }

    private static Task EnsureAsync(KafkaTopics topics, string bootstrapServers, params string[] flags) => EnsureAsync(topics, bootstrapServers, flags, default);

    private static async Task EnsureAsync(KafkaTopics topics, string bootstrapServers, string[] flags, CancellationToken cancellation)
    {
        await using var app = IngestorHost.Build(
            ["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={bootstrapServers}", $"--Kafka:TopicPrefix={topics.Prefix}", "--Kafka:Partitions=3", .. flags]);
        await app.Services.GetRequiredService<TopicSetup>().EnsureAsync(cancellation).WaitAsync(Wait.Patience, cancellation);
    }

    private static async Task<Dictionary<string, Dictionary<string, ConfigEntryResult>>> SettingsAsync(IAdminClient admin, params string[] topics) =>
        (await admin.DescribeConfigsAsync(topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t }))).ToDictionary(r => r.ConfigResource.Name, r => r.Entries);
}
