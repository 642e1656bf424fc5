using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage;
using Rearm.Streaming.Testing;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Publishing;

public sealed class LiveStateSyncTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Write_RepairOfALossIsCutShort_IsRepeatedToItsEnd()
    {
        using var redis = fixture.Server.Connect();
        var (fails, failed) = (false, false);
        using var watched = WatchedDatabase.Connect(fixture.Server, redis.Keys.Prefix, command =>
        {
            if (!fails || command != nameof(IDatabase.HashSetAsync))
                return;
            (fails, failed) = (false, true);
            throw new TimeoutException("Redis does not answer for a moment.");
        });
        var state = new GraphState();
        state.Add(state.NewShard(0));
        // More than are looked at together, so that the one that is lost is not among the next.
        for (var u = 0; u < 600; u++)
            state.Shard(0).Touch($"u{u}", "i", PairKind.Positive, 1, 1);
        var options = Options.Create(new GraphBuilderOptions());
        var requests = new SnapshotRequests();
        var sync = new LiveStateSync(
            new(watched, TimeProvider.System, options), new(watched, options), new(watched, options),
            new(new NoSnapshots(), requests, TimeProvider.System, options, NullLogger<SnapshotSchedule>.Instance),
            new(requests, TimeProvider.System, NullLogger<RetryPolicy>.Instance), NullLogger<LiveStateSync>.Instance);
        await sync.WriteAsync(state, lag: 0, partitions: 1, publishes: true, default);

        await redis.Database.KeyDeleteAsync(redis.Keys.User("u300"));
        fails = true;
        await Wait.UntilAsync("the loss is found", async () =>
        {
            await sync.WriteAsync(state, lag: 0, partitions: 1, publishes: true, default);
            return failed;
        });

        Assert.True(await redis.Database.KeyExistsAsync(redis.Keys.User("u300")));
    }

    private sealed class NoSnapshots : ISnapshotJob
    {
        public SnapshotInfo? Newest => null;

        public Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<SnapshotInfo> RunAsync(SnapshotInput input, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RetireAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
