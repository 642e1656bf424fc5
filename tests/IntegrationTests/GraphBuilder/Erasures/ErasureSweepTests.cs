using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Erasures;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Erasures;

public sealed class ErasureSweepTests : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly RedisConnection _redis;
    private readonly RedisLease _lease;
    private readonly SnapshotPublisher _publisher;
    private readonly GenerationErasure _generations;
    private readonly ErasureSweep _sweep;

    public ErasureSweepTests(RedisFixture fixture)
    {
        _redis = fixture.Server.Connect();
        _lease = new(_redis, "graph-builder", TimeSpan.FromMinutes(1), [], TimeProvider.System, NullLogger<RedisLease>.Instance);
        _publisher = new(_redis, keep: 9);
        _generations = new(_redis);
        _sweep = new(_lease, new(_redis), _generations, new(_redis), _publisher, TimeProvider.System, NullLogger<ErasureSweep>.Instance);
    }

    public async Task InitializeAsync() => Assert.True(await _lease.TryAcquireAsync(default));

    public async Task DisposeAsync()
    {
        _sweep.Dispose();
        _generations.Dispose();
        _publisher.Dispose();
        await _lease.DisposeAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task Sweep_AnotherUserIsErasedAfterTheCut_RemovesSnapshotsFromBeforeTheErasuresThatItReflects()
    {
        await PublishAsync(1, second: 0);
        await PublishAsync(2, second: 10);
        await EraseAsync("u", second: 15);
        await PublishAsync(3, second: 20);
        await EraseAsync("v", second: 25);
        await _sweep.SweepAsync(default);
        Assert.Equal([3], await StoredAsync());

        await EraseAsync("w", second: 26);
        await _sweep.SweepAsync(default);
        Assert.Equal([3], await StoredAsync());
        await PublishAsync(4, second: 30);
        await EraseAsync("x", second: 35);
        await _sweep.SweepAsync(default);
        Assert.Equal([4], await StoredAsync());
    }

    [Fact]
    public async Task Sweep_SnapshotsCutAfterTheErasure_Stay()
    {
        await PublishAsync(1, second: 0);
        await EraseAsync("u", second: 5);
        await PublishAsync(2, second: 10);
        await PublishAsync(3, second: 20);
        await _sweep.SweepAsync(default);
        Assert.Equal([2, 3], await StoredAsync());
    }

    [Fact]
    public async Task Sweep_TheErasureLeavesTheContentAsItWas_RemovesOlderSnapshotsAfterTheNextPublication()
    {
        await PublishAsync(1, second: 0);
        // The user takes everything back, and is erased then.
        await PublishAsync(2, second: 10);
        await EraseAsync("u", second: 15);
        await _sweep.SweepAsync(default);
        Assert.Equal([1, 2], await StoredAsync());

        Assert.Equal(2, await PublishAsync(2, second: 20));
        await _sweep.SweepAsync(default);
        Assert.Equal([2], await StoredAsync());
    }

    private async Task<long> PublishAsync(int content, int second)
    {
        var snapshot = SmallSnapshots.Of(content);
        snapshot.Info.CutAt = Start.AddSeconds(second).ToTimestamp();
        return (await _publisher.PublishAsync(snapshot, default)).Number;
    }

    private Task EraseAsync(string user, int second) => _redis.Database.SortedSetAddAsync(
        _redis.Keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), Start.AddSeconds(second).ToUnixTimeMilliseconds());

    private Task<IReadOnlyList<long>> StoredAsync() => new SnapshotIndex(_redis).StoredAsync(default);
}
