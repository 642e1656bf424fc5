using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Erasures;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Generations;

public sealed class GenerationErasureTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly DateTimeOffset CutAt = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task RemoveErasedUsers_OfSeveralGenerations_LeavesTheOthersAsTheyWere()
    {
        using var redis = fixture.Server.Connect();
        await RemoveErasedUsersAsync(redis);
    }

    [Fact]
    public async Task RemoveErasedUsers_RedisCluster_Works()
    {
        await using var cluster = await RedisServer.StartClusterAsync();
        using var redis = cluster.Connect();
        await RemoveErasedUsersAsync(redis);
    }

    /// <summary>On any Redis.</summary>
    internal static async Task RemoveErasedUsersAsync(RedisConnection redis)
    {
        using var erasure = new GenerationErasure(redis);
        var numbers = new List<long>();
        for (var n = 0; n < 2; n++)
            numbers.Add(await Publisher(redis).PublishAsync(Generation(users: GenerationCodec.RowsPerChunk + 3), default));
        // Erased before the cut: what a generation knows of that user came afterwards.
        await EraseAsync(redis, "u0", CutAt.AddSeconds(-1));
        await EraseAsync(redis, "u7", CutAt.AddSeconds(1));
        foreach (var user in Enumerable.Range(GenerationCodec.RowsPerChunk, 3))
            await EraseAsync(redis, $"u{user}", CutAt.AddSeconds(1));
        Assert.Equal(numbers.Order(), (await erasure.FindUserAsync("u7", default)).Select(f => f.Generation).Order());

        var removed = await erasure.RemoveErasedUsersAsync(default);

        Assert.Equal(numbers.OrderDescending().Select(n => new GenerationRows(n, 4)), removed);
        Assert.Empty(await erasure.RemoveErasedUsersAsync(default));
        Assert.Empty(await erasure.FindUserAsync("u7", default));
        Assert.Equal(2, (await erasure.FindUserAsync("u0", default)).Count);
        foreach (var number in numbers)
        {
            var stored = await ReadAsync(redis, number);
            Assert.Equal(GenerationCodec.RowsPerChunk - 1, stored.Manifest.Users);
            var expected = Enumerable.Range(0, GenerationCodec.RowsPerChunk).Where(u => u != 7).Select(u => $"u{u}");
            Assert.Equal(expected, await IdsAsync(redis, number));
            Assert.Null(await VectorAsync(redis, stored.Manifest, "u7"));
            Assert.Equal([9f, 0], await VectorAsync(redis, stored.Manifest, "u8"));
            Assert.Equal([1f, 0], await VectorAsync(redis, stored.Manifest, "u0"));
        }
    }

    [Fact]
    public async Task Sweep_ErasureByAGraphBuilderWhoseClockIsBehind_IsSweptAsWell()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        using var publisher = new SnapshotPublisher(redis, keep: 3);
        await using var lease = new RedisLease(redis, "graph-builder", TimeSpan.FromMinutes(1), [], TimeProvider.System, NullLogger<RedisLease>.Instance);
        Assert.True(await lease.TryAcquireAsync(default));
        var number = await Publisher(redis).PublishAsync(Generation(users: 3), default);
        using var sweep = new ErasureSweep(
            lease, new(redis), erasure, new(redis), publisher, TimeProvider.System, NullLogger<ErasureSweep>.Instance);
        await EraseAsync(redis, "u1", CutAt.AddSeconds(9));
        await sweep.SweepAsync(default);
        Assert.Equal(["u0", "u2"], await IdsAsync(redis, number));

        await EraseAsync(redis, "u2", CutAt.AddSeconds(4));
        await sweep.SweepAsync(default);

        Assert.Equal(["u0"], await IdsAsync(redis, number));
    }

    [Fact]
    public async Task RemoveItem_KeepsPopularityAndCategoriesOfTheOthers()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var number = await Publisher(redis).PublishAsync(Generation(users: 2), default);

        Assert.Equal([new(number, 1)], await erasure.RemoveItemAsync("i1", default));

        var items = (await ReadAsync(redis, number)).Items.Single(c => c.ItemIds.Count > 0);
        Assert.Equal(["i0", "i2"], items.ItemIds);
        Assert.Equal([10, 12], items.Popularity);
        Assert.Equal(["c0", "c2"], items.Categories.Select(c => c.Values.Single()));
        Assert.Equal(2, (await ReadAsync(redis, number)).Manifest.Items);
        Assert.Empty(await erasure.RemoveItemAsync("i1", default));
    }

    [Fact]
    public async Task RemoveErasedUsers_CutShortBeforeTheChunkWasDeleted_DeletesIt()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var number = await Publisher(redis).PublishAsync(Generation(users: 3), default);
        var before = (byte[])(await redis.Database.StringGetAsync(redis.Keys.GenerationUsers(number, 0)))!;
        await EraseAsync(redis, "u1", CutAt.AddSeconds(1));
        await erasure.RemoveErasedUsersAsync(default);
        await redis.Database.StringSetAsync(redis.Keys.GenerationUsers(number, 0), before);
        Assert.Equal(["u0", "u2"], await IdsAsync(redis, number));

        await erasure.RemoveErasedUsersAsync(default);

        Assert.False(await redis.Database.KeyExistsAsync(redis.Keys.GenerationUsers(number, 0)));
    }

    [Fact]
    public async Task RemoveErasedUsers_GenerationAboutToExpire_StillExpires()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var old = await Publisher(redis, keep: 1).PublishAsync(Generation(users: 3), default);
        await Publisher(redis, keep: 1).PublishAsync(Generation(users: 3), default);
        await EraseAsync(redis, "u1", CutAt.AddSeconds(1));

        Assert.Equal(2, (await erasure.RemoveErasedUsersAsync(default)).Count);

        foreach (var key in new[] { redis.Keys.GenerationManifest(old), redis.Keys.GenerationUsers(old, 1), redis.Keys.UserVector(old, "u0") })
            Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(key));
    }

    [Fact]
    public async Task Publish_UserErasedSinceTheCut_IsLeftOut()
    {
        using var redis = fixture.Server.Connect();
        await EraseAsync(redis, "u0", CutAt.AddSeconds(-1));
        await EraseAsync(redis, "u1", CutAt.AddSeconds(1));
        var stored = await ReadAsync(redis, await Publisher(redis).PublishAsync(Generation(users: 3), default));
        Assert.Equal(["u0", "u2"], await IdsAsync(redis, stored.Manifest.Number));
        Assert.Equal([3f, 0], await VectorAsync(redis, stored.Manifest, "u2"));
        Assert.Null(await VectorAsync(redis, stored.Manifest, "u1"));
    }

    [Fact]
    public async Task RemoveErasedUsers_VectorThatIsStillThere_IsRemovedThoughNoChunkNamesTheUser()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var number = await Publisher(redis).PublishAsync(Generation(users: 3), default);
        var vector = await redis.Database.StringGetAsync(redis.Keys.UserVector(number, "u1"));
        await EraseAsync(redis, "u1", CutAt.AddSeconds(1));
        await erasure.RemoveErasedUsersAsync(default);

        await redis.Database.StringSetAsync(redis.Keys.UserVector(number, "u1"), vector);

        // What is looked for is the vector itself, not what should be.
        Assert.Equal([new(number, 1)], await erasure.FindUserAsync("u1", default));
    }

    [Fact]
    public async Task ReadUserIds_UsersTakenOutMeanwhile_MissesNobodyElse()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var users = 2 * GenerationCodec.RowsPerChunk + 5;
        var number = await Publisher(redis).PublishAsync(Generation(users), default);
        await EraseAsync(redis, "u1", CutAt.AddSeconds(1));
        await EraseAsync(redis, $"u{users - 1}", CutAt.AddSeconds(1));

        var found = new HashSet<string>();
        await foreach (var id in new GenerationReader(redis).ReadUserIdsAsync(number, default))
            if (found.Add(id) && found.Count == GenerationCodec.RowsPerChunk + 1)
                await erasure.RemoveErasedUsersAsync(default);

        Assert.Superset(Enumerable.Range(0, users - 1).Where(u => u != 1).Select(u => $"u{u}").ToHashSet(), found);
    }

    [Fact]
    public async Task ReadUserIds_ChunkAheadInThePlaceOfAnother_MissesNobodyElse()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var users = 2 * GenerationCodec.RowsPerChunk + 5;
        var number = await Publisher(redis).PublishAsync(Generation(users), default);
        // What is left of the second chunk goes to a new place, and what is left of the third to that of the second.
        await EraseAsync(redis, $"u{GenerationCodec.RowsPerChunk}", CutAt.AddSeconds(1));
        await EraseAsync(redis, $"u{users - 1}", CutAt.AddSeconds(1));

        var found = new HashSet<string>();
        await foreach (var id in new GenerationReader(redis).ReadUserIdsAsync(number, default))
            if (found.Add(id) && found.Count == 1)
                await erasure.RemoveErasedUsersAsync(default);

        Assert.Superset(Enumerable.Range(0, users - 1).Where(u => u != GenerationCodec.RowsPerChunk).Select(u => $"u{u}").ToHashSet(), found);
    }

    [Fact]
    public async Task RemoveItem_SeveralProcessesAtOnce_LeavesAGenerationThatCanBeRead()
    {
        using var redis = fixture.Server.Connect();
        var items = Enumerable.Range(0, 24).Select(i => $"i{i}").ToArray();
        var number = await Publisher(redis).PublishAsync(Generation(users: 1) with
        {
            ItemIds = items,
            ItemVectors = new float[2 * items.Length],
            Popularity = new int[items.Length],
            Categories = Array.ConvertAll(items, _ => Array.Empty<string>()),
            Available = Array.ConvertAll(items, _ => true),
        }, default);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(process => Task.Run(async () =>
        {
            using var own = fixture.Server.Connect(redis.Keys.Prefix);
            using var erasure = new GenerationErasure(own);
            foreach (var item in items.Where((_, i) => i % 5 == process))
                Assert.Equal([new(number, 1)], await erasure.RemoveItemAsync(item, default));
        })));

        Assert.Equal(items.Where((_, i) => i % 5 == 4), (await ReadAsync(redis, number)).Items.SelectMany(c => c.ItemIds));
    }

    [Fact]
    public async Task FindItem_WhileAnotherIsTakenOut_FindsIt()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var number = await Publisher(redis).PublishAsync(Generation(users: 3), default);
        var (reads, at) = (0, int.MaxValue);
        using var watched = WatchedDatabase.Connect(fixture.Server, redis.Keys.Prefix, command =>
        {
            if (command == nameof(IDatabase.StringGetAsync) && ++reads == at)
                erasure.RemoveItemAsync("i1", default).GetAwaiter().GetResult();
        });
        using var finding = new GenerationErasure(watched);
        Assert.Equal([new(number, 1)], await finding.FindItemAsync("i2", default));

        // The last is that of the chunk, after that of the manifest.
        (at, reads) = (reads, 0);
        Assert.Equal([new(number, 1)], await finding.FindItemAsync("i2", default));
        Assert.Empty(await erasure.RemoveItemAsync("i1", default));
    }

    [Fact]
    public async Task RemoveItem_GenerationSetToExpireMeanwhile_AllOfItExpires()
    {
        using var redis = fixture.Server.Connect();
        var old = await Publisher(redis, keep: 1).PublishAsync(Generation(users: 3), default);
        var isExpired = false;
        using var watched = WatchedDatabase.Connect(fixture.Server, redis.Keys.Prefix, command =>
        {
            if (command != nameof(IDatabase.StringSetAsync) || isExpired)
                return;
            isExpired = true;
            Publisher(redis, keep: 1).PublishAsync(Generation(users: 3), default).GetAwaiter().GetResult();
        });
        using var erasure = new GenerationErasure(watched);

        await erasure.RemoveItemAsync("i1", default);

        Assert.True(isExpired);
        foreach (var key in new[] { redis.Keys.GenerationManifest(old), redis.Keys.GenerationItems(old, 1), redis.Keys.GenerationUsers(old, 0) })
            Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(key));
    }

    [Fact]
    public async Task Pin_GenerationThatHasBegunToExpireAfterAnErasure_IsRefused()
    {
        using var redis = fixture.Server.Connect();
        using var erasure = new GenerationErasure(redis);
        var number = await Publisher(redis).PublishAsync(Generation(users: 3), default);
        await erasure.RemoveItemAsync("i1", default);
        Assert.Null(await new GenerationRegistry(redis).PinAsync(number, default));

        // As a publisher begins.
        await redis.Database.KeyExpireAsync(redis.Keys.GenerationItems(number, 1), TimeSpan.FromMinutes(5));

        Assert.Equal(PinProblem.NoLongerKept, await new GenerationRegistry(redis).PinAsync(number, default));
        Assert.Empty(await new GenerationRegistry(redis).ListAsync(default));
    }

    private static async Task<List<string>> IdsAsync(RedisConnection redis, long number) =>
        await new GenerationReader(redis).ReadUserIdsAsync(number, default).ToListAsync();

    private static async Task<IEnumerable<float>?> VectorAsync(RedisConnection redis, GenerationManifest manifest, string user)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.UserVector(manifest.Number, user));
        var vector = new float[manifest.Dimension];
        Assert.True(bytes is null || UserVectorCodec.TryRead(bytes, manifest.VectorSeed, vector));
        return bytes is null ? null : vector;
    }

    private static Task EraseAsync(RedisConnection redis, string user, DateTimeOffset time) =>
        redis.Database.SortedSetAddAsync(redis.Keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), time.ToUnixTimeMilliseconds());

    private static async Task<StoredGeneration> ReadAsync(RedisConnection redis, long number)
    {
        var reader = new GenerationReader(redis);
        return await reader.ReadAsync(number, await reader.ReadManifestAsync(number, default), default);
    }

    private static GenerationPublisher Publisher(RedisConnection redis, int keep = 3) => new(redis, keep, TimeProvider.System, NullLogger<GenerationPublisher>.Instance);

    private static ModelGeneration Generation(int users) => new()
    {
        Dimension = 2,
        ItemIds = ["i0", "i1", "i2"],
        ItemVectors = [0, 0, 1, 1, 2, 2],
        Popularity = [10, 11, 12],
        Categories = [["c0"], ["c1"], ["c2"]],
        Available = [true, true, true],
        UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u}")],
        UserVectors = [.. Enumerable.Range(0, users).SelectMany(u => new[] { u + 1f, 0f })],
        Snapshot = new SnapshotInfo { Hash = "abc", CutAt = CutAt.ToTimestamp() },
        Metrics = new Dictionary<string, double>(),
        Settings = new Dictionary<string, string>(),
    };
}
