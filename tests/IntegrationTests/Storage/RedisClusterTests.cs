using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage.Generations;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage;

/// <summary>
/// What the services keep in Redis, in a cluster of three: every command reaches the server that has its key, and no transaction asks for keys of two.
/// </summary>
public class RedisClusterTests
{
    private const int Users = 300;

    [RedisClusterFact]
    public async Task Cluster_OfThree_ServesUsersFromAllOfThem()
    {
        await using var cluster = await RedisCluster.StartNewAsync();
        await using var server = await TestServer.StartAsync(cluster);
        using var redis = cluster.Connect(server.Publisher.Keys.Prefix);
        await using var lease = new RedisLease(
            redis, "trainer", TimeSpan.FromMinutes(1), [redis.Keys.CurrentGeneration], TimeProvider.System, NullLogger<RedisLease>.Instance);
        Assert.True(await lease.TryAcquireAsync(default));
        var model = Model();
        var number = await Publisher(redis, lease).PublishAsync(model, default);
        await WriteLiveStateAsync(redis);

        await server.ServesAsync(number);
        await Wait.UntilAsync("the live state is known", async () => (await server.RecommendAsync("u0", 30)).Items.Count == 28);
        foreach (var user in model.UserIds)
        {
            var answer = await server.RecommendAsync(user, 30);
            Assert.Equal((Source.Personal, "", false), (answer.Source, answer.Reason, answer.HistoryUnknown));
            // i0 was seen, i29 is hidden.
            Assert.Equal(28, answer.Items.Count);
            Assert.DoesNotContain(answer.Items, item => item.ItemId is "i0" or "i29");
        }
        using var call = server.Client.RecommendAll(new() { K = 1 });
        var everybody = await call.ResponseStream.ReadAllAsync().Select(answer => answer.UserId).ToListAsync();
        Assert.Equal(model.UserIds.Append("visitor").Order(StringComparer.Ordinal), everybody.Order(StringComparer.Ordinal));
        foreach (var node in cluster.Nodes)
            Assert.InRange(await node.DatabaseSizeAsync(), Users / 3, int.MaxValue);
    }

    [RedisClusterFact]
    public async Task Cluster_OfThree_ErasesUsersAndRetiresGenerations()
    {
        await using var cluster = await RedisCluster.StartNewAsync();
        using var redis = cluster.Connect();
        await GenerationErasureTests.RemoveErasedUsersAsync(redis);
        var publisher = Publisher(redis, null);
        for (var n = 0; n < 3; n++)
            await publisher.PublishAsync(Model(), default);

        // The first of the five, with vectors on all three servers.
        foreach (var user in new[] { "u0", "u1", "u2", "u3", "u4", "u5" })
            Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(redis.Keys.UserVector(1, user)));
    }

    [RedisClusterFact]
    public async Task Cluster_OfThree_HoldsSnapshots()
    {
        await using var cluster = await RedisCluster.StartNewAsync();
        using var redis = cluster.Connect();
        using var publisher = new SnapshotPublisher(redis, keep: 1, maxAge: TimeSpan.FromDays(7), time: TimeProvider.System);
        for (var n = 1; n <= 3; n++)
            await publisher.PublishAsync(SmallSnapshots.Of(n), default);

        Assert.Equal(SmallSnapshots.Of(3).Info.Hash, (await new SnapshotReader(redis).ReadAsync(default)).Info.Hash);
        // Every server is asked, not one of them.
        Assert.Equal(0, await RedisServerFacts.EvictedKeysAsync(redis, default));
        await cluster.Nodes.Last().ConfigSetAsync("maxmemory-policy", "allkeys-lru");
        Assert.Equal("allkeys-lru", await RedisServerFacts.EvictionPolicyAsync(redis, default));
    }

    private static GenerationPublisher Publisher(RedisConnection redis, RedisLease? lease) =>
        new(redis, keep: 3, TimeProvider.System, NullLogger<GenerationPublisher>.Instance, lease);

    // Ids that a cluster could take apart.
    private static ModelGeneration Model()
    {
        var model = TestModel.Random(30, Users, 8, seed: 3);
        string[] odd = ["}", "{}", "a}b", "{user:u7}"];
        odd.CopyTo(model.UserIds, Users - odd.Length);
        return model;
    }

    // As the GraphBuilder writes it: everybody has touched i0, and i29 is not available.
    private static async Task WriteLiveStateAsync(RedisConnection redis)
    {
        var options = Options.Create(new GraphBuilderOptions());
        var state = new GraphState();
        var shard = state.NewShard(0);
        state.Add(shard);
        foreach (var user in Model().UserIds.Append("visitor"))
            shard.Touch(user, "i0", PairKind.Positive, 1, 1);
        state.PutItem("i29", new() { Time = 1, Available = false });
        var writer = new LiveStateWriter(redis, TimeProvider.System, options);
        await writer.WriteAllAsync(state, shard, default);
        await writer.WriteAllItemsAsync(state, default);
        state.ChangedItems.Clear();
        foreach (var isAvailable in (bool[])[false, true])
        {
            state.PutItem("i28", new() { Time = 1, Available = isAvailable });
            await writer.WriteAsync(state, withItems: true, default);
        }
        await new PopularItemsWriter(redis, options).WriteAsync(state, 1, true, default);
        Assert.Null(await new LiveStateAudit(redis, options).FindLossAsync(state, withItems: true, default));
    }
}
