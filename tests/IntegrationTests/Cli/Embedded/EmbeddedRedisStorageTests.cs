using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.IntegrationTests.Storage.Generations;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Cli.Embedded;

/// <summary>What the services do with Redis beyond plain reads and writes works on the embedded one as well.</summary>
public sealed class EmbeddedRedisStorageTests : IAsyncLifetime
{
    private readonly EmbeddedRedis _server = EmbeddedRedis.Start();
    private readonly RedisConnection _redis;

    public EmbeddedRedisStorageTests() => _redis = new(new RedisOptions { Configuration = _server.Configuration });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _redis.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Publish_MoreThanAreKept_LeavesWhatIsKept()
    {
        using var publisher = new SnapshotPublisher(_redis, keep: 2);
        for (var n = 1; n <= 4; n++)
            await publisher.PublishAsync(SmallSnapshots.Of(n), default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(4).Info.Hash, keep: 2);
        var large = PlantedShop.Snapshot();
        await publisher.PublishAsync(large, default);
        Assert.Equal(large.Info.Hash, SnapshotHash.Compute(await new SnapshotReader(_redis).ReadAsync(default)));
    }

    [Fact]
    public async Task Publish_AfterTheLeaseWentToAnother_IsRefused()
    {
        await using var first = Lease();
        await using var second = Lease();
        Assert.True(await first.TryAcquireAsync(default));
        Assert.False(await second.TryAcquireAsync(default));
        using var late = new SnapshotPublisher(_redis, keep: 2, lease: first);
        await late.PublishAsync(SmallSnapshots.Of(1), default);

        // It expires before its holder notices.
        await _redis.Database.KeyDeleteAsync(_redis.Keys.Lease(first.Name));
        Assert.True(await second.TryAcquireAsync(default));
        await Assert.ThrowsAsync<LeaseLostException>(() => late.PublishAsync(SmallSnapshots.Of(2), default));

        using var publisher = new SnapshotPublisher(_redis, keep: 2, lease: second);
        await publisher.PublishAsync(SmallSnapshots.Of(3), default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(3).Info.Hash, keep: 2);
        await second.ReleaseAsync();
        Assert.Null(await first.HolderAsync(default));
    }

    [Fact]
    public async Task Purge_OlderSnapshots_AreGoneAtOnceWithEveryChunkThatOnlyTheyNeeded()
    {
        using var publisher = new SnapshotPublisher(_redis, keep: 3);
        for (var n = 1; n <= 3; n++)
            await publisher.PublishAsync(SmallSnapshots.Of(n), default);
        Assert.Equal(2, await publisher.PurgeAsync(DateTimeOffset.MaxValue, default));
        Assert.Equal(0, await publisher.PurgeAsync(DateTimeOffset.MaxValue, default));

        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(3).Info.Hash, keep: 1);
        var needed = (await StoredKeys.ChunksOfAsync(_redis, 3)).Count;
        var chunks = 0;
        await foreach (var _ in RedisKeyScan.KeysAsync(_redis, _redis.Keys.Chunk(""), default))
            chunks++;
        Assert.Equal(needed, chunks);
    }

    [Fact]
    public Task RemoveErasedUsers_OfSeveralGenerations_Works() => GenerationErasureTests.RemoveErasedUsersAsync(_redis);

    [Fact]
    public async Task Catalogue_WrittenAndFollowed_IsRead()
    {
        await using var lease = Lease();
        Assert.True(await lease.TryAcquireAsync(default));
        var store = new CatalogueStore(_redis);
        await store.WriteAsync([new("a", [1]), new("b", [])], new() { Version = 1, Sequence = 7, Items = 2 }, lease.Token, default);
        await store.WriteAsync([new("b", null), new("c", [3])], new() { Version = 1, Sequence = 8, Items = 2 }, lease.Token, default);

        var all = new List<string>();
        await foreach (var change in store.ReadAllAsync(default))
            all.Add($"{change.ItemId} {change.Entry!.Length}");
        Assert.Equal(["a 1", "c 1"], all.Order());
        Assert.Equal(["b", "c"], (await store.ChangedAfterAsync(7, default)).Order());
        Assert.Equal([true, false], (await store.ReadAsync(["c", "b"], default)).Select(c => c.Entry is not null));
        Assert.Equal(8, (await store.ReadHeadAsync(default))!.Sequence);
        await Assert.ThrowsAsync<LeaseLostException>(() => store.WriteAsync([], new() { Version = 1, Sequence = 9 }, lease.Token - 1, default));
    }

    private RedisLease Lease() => new(
        _redis, "graph-builder", TimeSpan.FromMinutes(5), [_redis.Keys.CurrentSnapshot, _redis.Keys.Catalogue], TimeProvider.System, NullLogger<RedisLease>.Instance);
}
