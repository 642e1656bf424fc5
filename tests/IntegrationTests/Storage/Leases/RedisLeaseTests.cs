using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Leases;

public sealed class RedisLeaseTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(30);

    private readonly RedisConnection _redis = fixture.Server.Connect();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task TryAcquire_Free_IsHeldWithATokenThatGrows()
    {
        await using var lease = Lease();
        Assert.False(lease.IsHeld);
        Assert.Throws<LeaseLostException>(() => lease.Token);
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.True(await lease.TryAcquireAsync(default));
        Assert.True(lease.IsHeld);
        Assert.Equal(1, lease.Token);
        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.Equal(new LeaseHolder(1, lease.Owner), await lease.HolderAsync(default));
        Assert.NotNull(await _redis.Database.KeyTimeToLiveAsync(_redis.Keys.Lease(lease.Name)));

        Assert.True(await lease.TryAcquireAsync(default));
        Assert.Equal(1, lease.Token);
        await lease.ReleaseAsync();
        Assert.False(lease.IsHeld);
        Assert.Null(await lease.HolderAsync(default));
        Assert.True(await lease.TryAcquireAsync(default));
        Assert.Equal(2, lease.Token);
    }

    [Fact]
    public async Task TryAcquire_CancelledOnTheWay_LeavesNoLeaseBehind()
    {
        await using var lease = Lease();
        var cancelled = 0;
        for (var attempt = 0; attempt < 300; attempt++)
        {
            using var cancellation = new CancellationTokenSource();
            var acquiring = lease.TryAcquireAsync(cancellation.Token);
            // Some are cancelled early, some late: an acquisition is a few round trips.
            Thread.SpinWait(attempt * 200);
            await cancellation.CancelAsync();
            try
            {
                await acquiring;
                await lease.ReleaseAsync();
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            Assert.Null(await lease.HolderAsync(default));
        }
        Assert.NotEqual(0, cancelled);
    }

    [Fact]
    public async Task TryAcquire_HeldByADeadProcessOfTheSameOwner_TakesOverAtOnce()
    {
        // Not disposed of, like one that was killed.
        var dead = Lease("a folder");
        Assert.True(await dead.TryAcquireAsync(default));
        await using var heir = Lease("a folder");
        Assert.True(await heir.TryAcquireAsync(default));
        Assert.Equal(new LeaseHolder(2, "a folder"), await heir.HolderAsync(default));
        await using var other = Lease("another folder");
        Assert.False(await other.TryAcquireAsync(default));
    }

    [Fact]
    public async Task TryAcquire_HeldByAnother_IsRefusedUntilItIsLetGo()
    {
        await using var first = Lease();
        await using var second = Lease();
        Assert.True(await first.TryAcquireAsync(default));
        Assert.False(await second.TryAcquireAsync(default));
        Assert.False(second.IsHeld);
        Assert.Equal(first.Owner, (await second.HolderAsync(default))!.Owner);
        await first.ReleaseAsync();
        Assert.True(await second.TryAcquireAsync(default));
        Assert.True(second.IsHeld);
        Assert.Equal(2, second.Token);
    }

    [Fact]
    public async Task Renew_AsTimePasses_ExtendsTheTimeToLive()
    {
        await using var lease = Lease();
        Assert.True(await lease.TryAcquireAsync(default));
        await _redis.Database.KeyExpireAsync(_redis.Keys.Lease(lease.Name), Duration / 3);
        _time.Advance(Duration / 3);
        await Wait.UntilAsync("it is renewed", async () => await _redis.Database.KeyTimeToLiveAsync(_redis.Keys.Lease(lease.Name)) > Duration / 2);
        for (var n = 0; n < 10; n++)
        {
            // Renewed again and again, it is held far beyond its duration.
            await _redis.Database.KeyExpireAsync(_redis.Keys.Lease(lease.Name), Duration / 3);
            _time.Advance(Duration / 3);
            await Wait.UntilAsync("it is renewed", async () => await _redis.Database.KeyTimeToLiveAsync(_redis.Keys.Lease(lease.Name)) > Duration / 2);
        }
        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task IsHeld_AnotherHasIt_IsFalseFromTheNextRenewalOn()
    {
        await using var lease = Lease();
        Assert.True(await lease.TryAcquireAsync(default));
        var lost = lease.Lost;
        await _redis.Database.StringSetAsync(_redis.Keys.Lease(lease.Name), "7 another");
        _time.Advance(Duration / 3);
        await Wait.UntilAsync("it is lost", () => Task.FromResult(!lease.IsHeld && lost.IsCancellationRequested));
        Assert.Throws<LeaseLostException>(() => lease.Token);
        Assert.False(await lease.TryAcquireAsync(default));
        // It does not take away what belongs to another.
        await lease.ReleaseAsync();
        Assert.Equal("another", (await lease.HolderAsync(default))!.Owner);
    }

    [Fact]
    public async Task IsHeld_RedisDoesNotAnswerForTheWholeDuration_IsFalse()
    {
        await using var server = await RedisServer.StartNewAsync();
        using var redis = new RedisConnection(new RedisOptions { Configuration = server.Configuration, CommandTimeout = TimeSpan.FromSeconds(10) });
        await using var lease = new RedisLease(redis, "test", Duration, [], _time, NullLogger<RedisLease>.Instance);
        Assert.True(await lease.TryAcquireAsync(default));
        await server.StopAsync();
        _time.Advance(Duration / 2);
        Assert.True(lease.IsHeld);
        _time.Advance(Duration / 2);
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public async Task TryAcquire_AfterALoss_HasAGreaterToken()
    {
        await using var lease = Lease();
        Assert.True(await lease.TryAcquireAsync(default));
        await _redis.Database.KeyDeleteAsync(_redis.Keys.Lease(lease.Name));
        _time.Advance(Duration / 3);
        await Wait.UntilAsync("it is lost", () => Task.FromResult(!lease.IsHeld));
        Assert.True(await lease.TryAcquireAsync(default));
        Assert.Equal(2, lease.Token);
    }

    [Fact]
    public async Task Set_OfAGuardedKey_IsRefusedToAllButTheNewestHolder()
    {
        const string Key = "pointer";
        Assert.True(await Fence.SetAsync(_redis, Key, "without a lease", Fence.NoToken, default));
        // A process whose clock stands still while another gets its lease.
        await using var paused = new RedisLease(_redis, "test", Duration, [Key], new FakeTimeProvider(), NullLogger<RedisLease>.Instance);
        Assert.True(await paused.TryAcquireAsync(default));
        Assert.True(await Fence.SetAsync(_redis, Key, "first", paused.Token, default));
        await _redis.Database.KeyDeleteAsync(_redis.Keys.Lease("test"));
        await using var next = new RedisLease(_redis, "test", Duration, [Key], _time, NullLogger<RedisLease>.Instance);
        Assert.True(await next.TryAcquireAsync(default));

        Assert.True(paused.IsHeld);
        // Refused although the next one has not written yet.
        Assert.False(await Fence.SetAsync(_redis, Key, "late", paused.Token, default));
        Assert.False(await Fence.SetAsync(_redis, Key, "without a lease", Fence.NoToken, default));
        Assert.False(await Fence.ClaimAsync(_redis, Key, paused.Token, default));
        Assert.Equal("first", await _redis.Database.StringGetAsync(Key));
        Assert.True(await Fence.SetAsync(_redis, Key, "second", next.Token, default));
        Assert.Equal("second", await _redis.Database.StringGetAsync(Key));
        await _redis.Database.KeyDeleteAsync(Key);
    }

    [Fact]
    public async Task Publish_ByAPausedHolderThatLostTheLease_IsRefused()
    {
        await using var paused = new RedisLease(_redis, "test", Duration, [_redis.Keys.CurrentSnapshot], new FakeTimeProvider(), NullLogger<RedisLease>.Instance);
        Assert.True(await paused.TryAcquireAsync(default));
        using var late = new SnapshotPublisher(_redis, keep: 2, lease: paused);
        await late.PublishAsync(SmallSnapshots.Of(1), default);
        await _redis.Database.KeyDeleteAsync(_redis.Keys.Lease("test"));
        await using var next = Lease();
        Assert.True(await next.TryAcquireAsync(default));
        using var publisher = new SnapshotPublisher(_redis, keep: 2, lease: next);

        var e = await Assert.ThrowsAsync<LeaseLostException>(() => late.PublishAsync(SmallSnapshots.Of(2), default));
        Assert.Contains("test", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await publisher.CurrentAsync(default))!.Number);
        await publisher.PublishAsync(SmallSnapshots.Of(3), default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(3).Info.Hash, keep: 2);
    }

    [Fact]
    public async Task Publish_RedisCluster_TakesEveryCommand()
    {
        await using var cluster = await RedisServer.StartClusterAsync();
        using var redis = cluster.Connect();
        await using var lease = new RedisLease(redis, "test", Duration, [redis.Keys.CurrentSnapshot, redis.Keys.LiveMarker], _time, NullLogger<RedisLease>.Instance);
        Assert.True(await lease.TryAcquireAsync(default));
        using var publisher = new SnapshotPublisher(redis, keep: 2, lease: lease);
        for (var n = 1; n <= 4; n++)
            await publisher.PublishAsync(SmallSnapshots.Of(n), default);
        await StoredKeys.AssertCleanAsync(redis, SmallSnapshots.Of(4).Info.Hash, keep: 2);
        Task<StackExchange.Redis.RedisValue>? before = null;
        Assert.True(await Fence.WriteAsync(redis, redis.Keys.LiveMarker, lease.Token, t => before = t.StringGetSetAsync(redis.Keys.LiveMarker, "1"), default));
        Assert.True((await before!).IsNull);
    }

    [Fact]
    public async Task Publish_WithoutTheLease_IsRefusedAtOnce()
    {
        await using var lease = Lease();
        using var publisher = new SnapshotPublisher(_redis, keep: 2, lease: lease);
        await Assert.ThrowsAsync<LeaseLostException>(() => publisher.PublishAsync(SmallSnapshots.Of(1), default));
        await Assert.ThrowsAsync<LeaseLostException>(() => publisher.RetireAsync(default));
        Assert.Empty(await StoredKeys.AllAsync(_redis));
    }

    private RedisLease Lease(string? owner = null) =>
        new(_redis, "test", Duration, [_redis.Keys.CurrentSnapshot], _time, NullLogger<RedisLease>.Instance, owner is null ? null : () => owner);
}
