using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using StackExchange.Redis;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.IntegrationTests.Fixtures;

namespace Rearm.Streaming.IntegrationTests.Graphs;

/// <summary>Redis goes away and comes back empty: nothing is lost, and all of it is there again.</summary>
public sealed class GraphBuilderOutageTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rearm-graphs-");
    private readonly KafkaTopics _topics = new($"t{Guid.NewGuid():N}");
    private readonly int _redisPort = FreePort();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Redis_GoneForAWhile_HoldsUpReadingAndThenHasEverything()
    {
        var records = ShopRecords.Make(_topics, 5, 1000);
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var redis = await StartRedisAsync();
        await using var builder = await GraphBuilderProcess.StartAsync(new Dictionary<string, string?>
        {
            ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
            ["Kafka__TopicPrefix"] = _topics.Prefix,
            ["Redis__Configuration"] = $"127.0.0.1:{_redisPort}",
            ["GraphBuilder__CheckpointDirectory"] = _folder.FullName,
        });
        await builder.UntilAsync(s => s.Lag >= 0);
        await Task.WhenAll(records.Take(500).Select(r => producer.ProduceAsync(r.Topic, r.Message)));
        await builder.UntilAsync(s => s.Lag == 0 && s.RecordsRead == 500);

        await redis.DisposeAsync();
        await Task.WhenAll(records.Skip(500).Select(r => producer.ProduceAsync(r.Topic, r.Message)));
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await builder.Client.PublishSnapshotAsync(new()));
        Assert.Equal(Grpc.Core.StatusCode.Unavailable, refused.StatusCode);
        Assert.NotEqual(0, (await builder.Client.GetStatusAsync(new())).Lag);

        await using var back = await StartRedisAsync();
        await builder.UntilAsync(s => s.Lag == 0);
        Assert.Equal(ShopRecords.ExpectedHash(_topics, records), (await PublishAsync(builder)).Hash);
        using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redisPort},abortConnect=false");
        foreach (var (user, items) in ShopRecords.ExpectedSeen(_topics, records))
            await UntilAsync(async () => (await connection.GetDatabase().SortedSetRangeByRankAsync(new RedisKeys().User(user))).Select(i => (string)i!).ToHashSet().SetEquals(items),
                $"{user} has not the items seen\n{builder.Output}");
    }

    private static async Task<Contracts.V1.SnapshotInfo> PublishAsync(GraphBuilderProcess builder)
    {
        var info = new Contracts.V1.SnapshotInfo();
        await UntilAsync(async () =>
        {
            try
            {
                info = await builder.Client.PublishSnapshotAsync(new());
                return true;
            }
            catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.Unavailable)
            {
                return false;
            }
        }, builder.Output);
        return info;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        for (var deadline = DateTime.UtcNow + Patience; !await condition(); await Task.Delay(50))
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException(otherwise);
    }

    private async Task<ChildProcess> StartRedisAsync() => await ChildProcess.StartAsync(
        "redis-server", ["--bind", "127.0.0.1", "--port", $"{_redisPort}", "--dir", _folder.FullName, "--save", "", "--appendonly", "no"]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
