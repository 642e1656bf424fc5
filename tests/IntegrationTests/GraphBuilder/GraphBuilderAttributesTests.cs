using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>Items' attributes, from Kafka through a GraphBuilder that starts anew to Redis.</summary>
public sealed class GraphBuilderAttributesTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KafkaTopics _topics = new($"t{Guid.NewGuid():N}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_WithOtherAttributes_KeepsThoseOfTheCheckpointAndSaysWhatIsMissing()
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await using var redis = await RedisServer.StartNewAsync();
        await using (var first = await StartAsync(redis, "title,size"))
        {
            await first.UntilAsync("it reads", s => s.Lag >= 0);
            await SendAsync("tent");
            await SendAsync("stove");
            await UntilAsync("tent", "size=2 title=The tent");
            await UntilAsync("stove", "size=2 title=The stove");
            Assert.Equal(0, await first.StopAsync());
            Assert.DoesNotContain("GraphBuilder:ItemAttributes", first.Output);
        }

        // Redis is empty: what is written comes from the checkpoint.
        await redis.Database.ExecuteAsync("FLUSHALL");
        await using var second = await StartAsync(redis, "title,price");
        await UntilAsync("stove", "title=The stove");
        await Wait.UntilAsync(
            "it says what is missing",
            () => Task.FromResult(second.Output.Contains("GraphBuilder:ItemAttributes names price, which was not kept of the items read so far", StringComparison.Ordinal)));
        await SendAsync("tent");
        await UntilAsync("tent", "price=9 € title=The tent");

        Task SendAsync(string id)
        {
            var attributes = new Dictionary<string, string> { ["title"] = $"The {id}", ["price"] = "9 €", ["size"] = "2" };
            var record = ShopRecord.Describe(new Item { EventId = $"e-{id}", ItemId = id, Time = ShopRecord.At(1), Attributes = { attributes } });
            return producer.ProduceAsync(record.TopicOf(_topics), record.ToMessage());
        }

        Task UntilAsync(string id, string expected) => Wait.UntilAsync($"Redis has the attributes {expected}", async () =>
        {
            byte[]? entry = await redis.Database.HashGetAsync(new RedisKeys().CatalogueItems, id);
            return entry is null ? "" : string.Join(' ', CatalogueCodec.ReadItem(entry).Attributes?.Values.Select(a => $"{a.Key}={a.Value}") ?? []);
        }, found => found == expected);
    }

    private Task<GraphBuilderProcess> StartAsync(RedisServer redis, string attributes) => GraphBuilderProcess.StartAsync(new Dictionary<string, string?>
    {
        ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
        ["Kafka__TopicPrefix"] = _topics.Prefix,
        ["Redis__Configuration"] = redis.Configuration,
        ["GraphBuilder__CheckpointDirectory"] = _folder.Path,
        ["GraphBuilder__ItemAttributes"] = attributes,
    });
}
