using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Cli.Embedded;

/// <summary>What the services do with Redis beyond plain reads and writes works on the embedded one as well.</summary>
public sealed class EmbeddedRedisStorageTests : IAsyncDisposable
{
    private readonly EmbeddedRedis _server = EmbeddedRedis.Start();
    private readonly RedisConnection _redis;

    public EmbeddedRedisStorageTests() => _redis = new(new RedisOptions { Configuration = _server.Configuration });

    public async ValueTask DisposeAsync()
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

    private RedisLease Lease() => new(_redis, "graph-builder", TimeSpan.FromMinutes(5), [_redis.Keys.CurrentSnapshot], TimeProvider.System, NullLogger<RedisLease>.Instance);
}
