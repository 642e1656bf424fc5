using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

/// <summary>
/// A publisher ends, or is overtaken, before each of the commands that it sends to Redis. All keys are looked through each time, so there are no others.
/// </summary>
public sealed class SnapshotPublisherKillTests : IAsyncLifetime
{
    private const int Keep = 2;

    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartNewAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Publish_AfterAKillBeforeAnyCommand_LeavesNothingBehind()
    {
        var commands = 0;
        for (var finished = false; !finished; commands++)
        {
            using var redis = _server.Connect();
            using var publisher = new SnapshotPublisher(redis, Keep);
            await publisher.PublishAsync(SmallSnapshots.Of(1), default);
            await publisher.PublishAsync(SmallSnapshots.Of(2), default);

            var left = commands;
            using var dying = WatchedDatabase.Connect(_server, redis.Keys.Prefix, _ =>
            {
                if (left-- <= 0)
                    throw new KilledException();
            });
            using (var killed = new SnapshotPublisher(dying, Keep))
                finished = await Record.ExceptionAsync(() => killed.PublishAsync(SmallSnapshots.Of(3), default)) switch
                {
                    null => true,
                    KilledException => false,
                    var e => throw new InvalidOperationException("Another error than the kill.", e),
                };
            // Whatever happened, what was current, or what should have become it, can be read.
            var current = (await new SnapshotReader(redis).ReadAsync(default)).Info.Hash;
            Assert.Contains(current, new[] { SmallSnapshots.Of(2).Info.Hash, SmallSnapshots.Of(3).Info.Hash });

            // The next publisher has the same content, or other.
            using var next = new SnapshotPublisher(redis, Keep);
            var snapshot = SmallSnapshots.Of(3 + commands % 2);
            await next.PublishAsync(snapshot, default);
            await StoredKeys.AssertCleanAsync(redis, snapshot.Info.Hash, Keep);
            await StoredKeys.DeleteAsync(redis);
        }
        Assert.True(commands > 50, $"Only {commands} commands were sent.");
    }

    [Fact]
    public async Task Publish_OvertakenBeforeAnyCommand_ChangesNothingThatIsCurrent()
    {
        var commands = 0;
        for (var reached = true; reached; commands++)
        {
            using var redis = _server.Connect();
            var (left, overtaken) = (commands, false);
            // A process that sleeps: its clock stands still, so it neither renews nor notices that its lease has run out.
            var still = new FakeTimeProvider();
            using var sleeping = WatchedDatabase.Connect(_server, redis.Keys.Prefix, _ =>
            {
                if (overtaken || left-- > 0)
                    return;
                overtaken = true;
                Task.Run(() => OvertakeAsync(redis)).GetAwaiter().GetResult();
            });
            await using var lease = Lease(redis, still);
            Assert.True(await lease.TryAcquireAsync(default));
            using (var first = new SnapshotPublisher(redis, Keep, lease: lease))
                await first.PublishAsync(SmallSnapshots.Of(1), default);

            using (var slow = new SnapshotPublisher(sleeping, Keep, lease: lease))
            {
                var e = await Record.ExceptionAsync(() => slow.PublishAsync(SmallSnapshots.Of(2), default));
                Assert.True(e is null or LeaseLostException, $"{e}");
            }
            reached = overtaken;
            if (overtaken)
            {
                await using var mine = Lease(redis, still);
                await redis.Database.KeyDeleteAsync(redis.Keys.Lease(mine.Name));
                Assert.True(await mine.TryAcquireAsync(default));
                using var next = new SnapshotPublisher(redis, Keep, lease: mine);
                await next.RetireAsync(default);
                await StoredKeys.AssertCleanAsync(redis, SmallSnapshots.Of(3).Info.Hash, Keep);
            }
            await StoredKeys.DeleteAsync(redis);
        }
        Assert.True(commands > 50, $"Only {commands} commands were sent.");
    }

    // The sleeper's lease runs out, another process gets it and publishes.
    private static async Task OvertakeAsync(RedisConnection redis)
    {
        await using var lease = Lease(redis, TimeProvider.System);
        await redis.Database.KeyDeleteAsync(redis.Keys.Lease(lease.Name));
        Assert.True(await lease.TryAcquireAsync(default));
        using var publisher = new SnapshotPublisher(redis, Keep, lease: lease);
        await publisher.PublishAsync(SmallSnapshots.Of(3), default);
    }

    private static RedisLease Lease(RedisConnection redis, TimeProvider time) =>
        new(redis, "graph-builder", TimeSpan.FromMinutes(1), [redis.Keys.CurrentSnapshot], time, NullLogger<RedisLease>.Instance);

    private sealed class KilledException : Exception;
}
