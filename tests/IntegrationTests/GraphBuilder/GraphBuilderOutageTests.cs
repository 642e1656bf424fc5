using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>Redis goes down and comes back empty: nothing is lost, and everything is written again.</summary>
public sealed class GraphBuilderOutageTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KafkaTopics _topics = new($"t{Guid.NewGuid():N}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Redis_DownForAWhile_PausesReadingAndThenHasEverything()
    {
        var records = RandomShop.Records(5, 1000, users: 150, items: 100, seconds: 100_000);
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await using var redis = await RedisServer.StartNewAsync();
        await using var builder = await GraphBuilderProcess.StartAsync(new Dictionary<string, string?>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["Kafka__TopicPrefix"] = _topics.Prefix,
            ["Redis__Configuration"] = redis.Configuration,
            ["GraphBuilder__CheckpointDirectory"] = _folder.Path,
        });
        await builder.UntilAsync("it reads", s => s.Lag >= 0);
        await Task.WhenAll(records.Take(500).Select(r => producer.ProduceAsync(r.TopicOf(_topics), r.ToMessage())));
        await builder.UntilAsync("it has read the first half", s => s.Lag == 0 && s.RecordsRead == 500);

        await redis.StopAsync();
        await Task.WhenAll(records.Skip(500).Select(r => producer.ProduceAsync(r.TopicOf(_topics), r.ToMessage())));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await builder.Client.PublishSnapshotAsync(new()));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.NotEqual(0, (await builder.Client.GetStatusAsync(new())).Lag);

        await redis.StartAsync();
        await builder.CaughtUpAsync();
        var snapshot = await Wait.UntilAsync("the snapshot is published", async () => await builder.Client.PublishSnapshotAsync(new()), _ => true);
        Assert.Equal(ExpectedGraphs.Hash(records), snapshot.Hash);
        foreach (var (user, items) in ExpectedGraphs.Seen(records))
            await Wait.UntilAsync(
                $"Redis has the items seen by {user}",
                async () => (await redis.Database.HashKeysAsync(new RedisKeys().User(user))).Select(i => (string)i!).Where(i => i.Length > 0).ToHashSet().SetEquals(items));
    }
}
