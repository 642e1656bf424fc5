using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Generations;

public class GenerationPublisherTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly RedisServer server = fixture.Server;

    [Fact]
    public async Task Publish_ManyRows_CanBeReadBackAndIsCurrent()
    {
        using var redis = server.Connect();
        var generation = Generation(items: GenerationCodec.RowsPerChunk + 10, users: 7);
        var number = await Publisher(redis).PublishAsync(generation, CancellationToken.None);

        Assert.Equal(number, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
        var manifest = GenerationCodec.ReadManifest((await redis.Database.StringGetAsync(redis.Keys.GenerationManifest(number)))!);
        Assert.Equal((2, 1), (manifest.ItemChunks.Count, manifest.UserChunks.Count));
        Assert.Equal(number, manifest.Number);
        Assert.Equal("abc", manifest.Snapshot.Hash);
        var last = GenerationCodec.ReadItems(manifest, 1, await redis.Database.StringGetAsync(redis.Keys.GenerationItems(number, 1)));
        Assert.Equal($"i{GenerationCodec.RowsPerChunk + 9}", last.ItemIds[^1]);
        Assert.Null(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationItems(number, 0)));
    }

    [Fact]
    public async Task Publish_MoreThanKept_ExpiresTheOldest()
    {
        using var redis = server.Connect();
        var publisher = Publisher(redis);
        var numbers = new List<long>();
        for (var n = 0; n < 4; n++)
            numbers.Add(await publisher.PublishAsync(Generation(5, 5), CancellationToken.None));
        async Task<bool> Ends(long number) => await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationManifest(number)) is not null
            && await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationUsers(number, 0)) is not null;
        Assert.True(await Ends(numbers[0]));
        foreach (var kept in numbers[1..])
            Assert.False(await Ends(kept));
    }

    [Fact]
    public async Task Publish_Cancelled_LeavesTheCurrentOne()
    {
        using var redis = server.Connect();
        var publisher = Publisher(redis);
        var number = await publisher.PublishAsync(Generation(5, 5), CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publisher.PublishAsync(Generation(5, 5), new CancellationToken(canceled: true)));
        Assert.Equal(number, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
    }

    private static GenerationPublisher Publisher(RedisConnection redis) =>
        new(redis, keep: 3, TimeProvider.System, NullLogger<GenerationPublisher>.Instance);

    private static ModelGeneration Generation(int items, int users) => new()
    {
        Dimension = 2,
        ItemIds = [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
        ItemVectors = [.. Enumerable.Range(0, 2 * items).Select(i => (float)i)],
        Popularity = new int[items],
        Categories = [.. Enumerable.Repeat(Array.Empty<string>(), items)],
        Available = [.. Enumerable.Repeat(true, items)],
        UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u}")],
        UserVectors = new float[2 * users],
        Snapshot = new SnapshotInfo { Hash = "abc" },
        Metrics = new Dictionary<string, double> { ["recall@20"] = 0.5 },
        Settings = new Dictionary<string, string>(),
    };
}
