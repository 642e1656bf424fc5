using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage.Snapshots;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using Rearm.Streaming.Testing.Sequences;
using StackExchange.Redis;

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
    public async Task PublishAndRead_Progress_IsToldOfAllUsersAndItems()
    {
        using var redis = server.Connect();
        var (items, users) = (GenerationCodec.RowsPerChunk + 10, GenerationCodec.RowsPerChunk + 3);
        var progress = new KeptProgress();

        var number = await Publisher(redis).PublishAsync(Generation(items, users), CancellationToken.None, progress.Begin);
        var reader = new GenerationReader(redis);
        var (ids, vectors) = (new List<string>(), new List<float>());
        await reader.ReadAsync(number, await reader.ReadManifestAsync(number, CancellationToken.None), _ => (chunk, part) =>
        {
            ids.AddRange(chunk.ItemIds);
            vectors.AddRange(MemoryMarshal.Cast<byte, float>(part));
        }, CancellationToken.None, progress.Begin);

        Assert.Equal(Generation(items, users).ItemIds, ids);
        Assert.Equal(Generation(items, users).ItemVectors, vectors);
        Assert.Equal(
            [($"Writing generation {number}", "users", users, users), ($"Loading generation {number}", "items", items, items)],
            progress.Steps.Select(step => (step.What, step.Unit, (int)step.Total, (int)step.Most)));
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
            && await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationUsers(number, 0)) is not null
            && await redis.Database.KeyTimeToLiveAsync(redis.Keys.UserVector(number, "u4")) is not null;
        Assert.True(await Ends(numbers[0]));
        foreach (var kept in numbers[1..])
        {
            Assert.False(await Ends(kept));
            Assert.True(await redis.Database.KeyExistsAsync(redis.Keys.UserVector(kept, "u4")));
        }
        Assert.False(await redis.Database.KeyExistsAsync(redis.Keys.UnfinishedGenerations));
    }

    [Fact]
    public async Task Publish_OneFailedAfterItsManifest_KeepsAsManyAsWithoutIt()
    {
        using var redis = server.Connect();
        // Its clock stands still, so it learns at the flip that it was overtaken.
        await using var overtaken = Lease(redis, new FakeTimeProvider());
        Assert.True(await overtaken.TryAcquireAsync(default));
        await redis.Database.KeyDeleteAsync(redis.Keys.Lease(overtaken.Name));
        await using var lease = Lease(redis, TimeProvider.System);
        Assert.True(await lease.TryAcquireAsync(default));
        var publisher = Publisher(redis, lease);
        var oldest = await publisher.PublishAsync(Generation(5, 5), default);
        await publisher.PublishAsync(Generation(5, 5), default);
        await Assert.ThrowsAsync<LeaseLostException>(() => Publisher(redis, overtaken).PublishAsync(Generation(5, 5), default));
        Assert.True(await redis.Database.KeyExistsAsync(redis.Keys.GenerationManifest(oldest + 2)));

        await publisher.PublishAsync(Generation(5, 5), default);

        Assert.Null(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationManifest(oldest)));
    }

    [Fact]
    public async Task Publish_WithAUserEncoder_CanBeReadBackAndExpiresWithItsGeneration()
    {
        using var redis = server.Connect();
        var publisher = Publisher(redis);
        var plain = Generation(5, 5);
        var written = plain with { UserEncoder = RandomEncoder.Of(plain.Dimension, length: 3) };
        var number = await publisher.PublishAsync(written, CancellationToken.None);

        var reader = new GenerationReader(redis);
        var read = (await reader.ReadAsync(number, await reader.ReadManifestAsync(number, default), default)).UserEncoder;
        var timeToLive = await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationEncoder(number, 0));
        for (var n = 0; n < 3; n++)
            await publisher.PublishAsync(plain, CancellationToken.None);

        Assert.Equal(written.UserEncoder.Positions, read!.Positions);
        Assert.Equal(written.UserEncoder.Blocks[0].OutputNormBias, read.Blocks[0].OutputNormBias);
        Assert.Null(timeToLive);
        Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationEncoder(number, 0)));
    }

    [Fact]
    public async Task Publish_WithAnItemEncoder_CanBeReadBackAndExpiresWithItsGeneration()
    {
        using var redis = server.Connect();
        var publisher = Publisher(redis);
        var plain = Generation(5, 5);
        var written = plain with { ItemEncoder = RandomItemEncoder.Of(plain.Dimension, [("image", 700), ("text", 300)], innerWidth: 1 << 16) };
        var number = await publisher.PublishAsync(written, CancellationToken.None);

        var reader = new GenerationReader(redis);
        var read = (await reader.ReadAsync(number, await reader.ReadManifestAsync(number, default), default)).ItemEncoder;
        var timeToLive = await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationItemEncoder(number, 0));
        for (var n = 0; n < 3; n++)
            await publisher.PublishAsync(plain, CancellationToken.None);

        Assert.Equal(written.ItemEncoder.Projections[1].Mean, read!.Projections[1].Mean);
        Assert.Equal(written.ItemEncoder.Fusion!.OutputNormBias, read.Fusion!.OutputNormBias);
        Assert.Null(timeToLive);
        Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationItemEncoder(number, 0)));
    }

    [Fact]
    public async Task Publish_UserEncoderThatCannotBeServed_IsRefusedAndNothingIsWritten()
    {
        using var redis = server.Connect();
        var generation = Generation(5, 5);
        var encoder = RandomEncoder.Of(generation.Dimension, length: 3);
        encoder.Positions[1] = float.NaN;

        generation = generation with { UserEncoder = encoder };

        var e = await Assert.ThrowsAsync<ContractException>(() => Publisher(redis).PublishAsync(generation, CancellationToken.None));

        Assert.Contains("Positions of the user encoder has the number NaN", e.Message);
        Assert.Empty(await StoredKeys.AllAsync(redis));
    }

    [Fact]
    public async Task Publish_OlderOnePinned_KeepsIt()
    {
        using var redis = server.Connect();
        var publisher = Publisher(redis);
        var pinned = await publisher.PublishAsync(Generation(5, 5), CancellationToken.None);
        Assert.Null(await new GenerationRegistry(redis).PinAsync(pinned, CancellationToken.None));
        for (var n = 0; n < 5; n++)
            await publisher.PublishAsync(Generation(5, 5), CancellationToken.None);

        Assert.Null(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationManifest(pinned)));
        Assert.NotNull(await redis.Database.KeyTimeToLiveAsync(redis.Keys.GenerationManifest(pinned + 1)));
        Assert.Equal((pinned, true), await new GenerationRegistry(redis).ServedAsync(CancellationToken.None));
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

    [Fact]
    public async Task Publish_WithoutTheLease_IsRefusedAtOnce()
    {
        using var redis = server.Connect();
        await using var lease = Lease(redis, TimeProvider.System);
        var e = await Assert.ThrowsAsync<LeaseLostException>(() => Publisher(redis, lease).PublishAsync(Generation(5, 5), CancellationToken.None));
        Assert.Contains("\"trainer\"", e.Message, StringComparison.Ordinal);
        Assert.Empty(await StoredKeys.AllAsync(redis));
    }

    [Fact]
    public async Task Publish_OvertakenBeforeAnyCommand_LeavesTheOtherOnesGenerationCurrentAndNothingForGood()
    {
        var commands = 0;
        for (var reached = true; reached; commands++)
        {
            using var redis = server.Connect();
            var (left, overtaken, newest) = (commands, false, 0L);
            // A process that sleeps: its clock stands still, so it neither renews nor notices that its lease has run out.
            using var sleeping = WatchedDatabase.Connect(server, redis.Keys.Prefix, _ =>
            {
                if (overtaken || left-- > 0)
                    return;
                overtaken = true;
                newest = Task.Run(() => OvertakeAsync(redis)).GetAwaiter().GetResult();
            });
            await using var lease = Lease(redis, new FakeTimeProvider());
            Assert.True(await lease.TryAcquireAsync(default));
            var first = await Publisher(redis, lease).PublishAsync(Generation(5, 5), default);

            var slow = await Record.ExceptionAsync(() => Publisher(sleeping, lease).PublishAsync(Generation(5, 5), default));

            reached = overtaken;
            Assert.True(slow is null or LeaseLostException, $"{slow}");
            if (!overtaken)
                continue;
            Assert.Equal(newest, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
            // What it wrote is one of the generations kept, or expires.
            foreach (var number in Enumerable.Range(1, (int)newest).Where(n => slow is not null && n != first && n != newest))
                Assert.DoesNotContain(await StoredKeys.PermanentAsync(redis), key =>
                    key.StartsWith($"{redis.Keys.Prefix}:generation:{number}:", StringComparison.Ordinal)
                    || key.StartsWith($"{redis.Keys.Prefix}:vector:{number}:", StringComparison.Ordinal));
        }
        Assert.True(commands > 12, $"Only {commands} commands were sent.");
    }

    [Fact]
    public async Task Publish_KilledBeforeAnyCommand_LeavesNothingForGood()
    {
        var commands = 0;
        for (var reached = true; reached; commands++)
        {
            using var redis = server.Connect();
            var first = await Publisher(redis).PublishAsync(Generation(5, 5), default);
            var (left, died) = (commands, false);
            using var dying = WatchedDatabase.Connect(server, redis.Keys.Prefix, _ =>
            {
                died |= left-- <= 0;
                if (died)
                    throw new OperationCanceledException("killed");
            });
            var killed = await Record.ExceptionAsync(() => Publisher(dying).PublishAsync(Generation(5, 5), default));
            reached = died;
            Assert.True(killed is null or OperationCanceledException, $"{killed}");

            // An hour later.
            var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1).AddMinutes(1));
            var newest = await new GenerationPublisher(redis, keep: 3, time, NullLogger<GenerationPublisher>.Instance).PublishAsync(Generation(5, 5), default);

            Assert.Equal(newest, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
            Assert.False(await redis.Database.KeyExistsAsync(redis.Keys.UnfinishedGenerations));
            var permanent = await StoredKeys.PermanentAsync(redis);
            var generations = Enumerable.Range(1, (int)newest).Where(n => permanent.Contains(redis.Keys.GenerationManifest(n))).ToList();
            Assert.Contains((int)first, generations);
            Assert.Equal(
                generations.SelectMany(n => Enumerable.Range(0, 5).Select(u => redis.Keys.UserVector(n, $"u{u}"))),
                permanent.Where(key => key.Contains(":vector:", StringComparison.Ordinal)));
        }
        Assert.True(commands > 15, $"Only {commands} commands were sent.");
    }

    [Theory]
    [InlineData(VectorPrecision.Half)]
    [InlineData(VectorPrecision.Full)]
    public async Task Publish_UsersVectors_StandUnderTheUsersOwnKeys(VectorPrecision precision)
    {
        using var redis = server.Connect();
        var generation = Generation(5, GenerationCodec.RowsPerChunk + 5);
        for (var i = 0; i < generation.UserVectors.Length; i++)
            generation.UserVectors[i] = i % 2000;
        var publisher = new GenerationPublisher(redis, keep: 3, TimeProvider.System, NullLogger<GenerationPublisher>.Instance, precision: precision);

        var number = await publisher.PublishAsync(generation, default);

        var manifest = GenerationCodec.ReadManifest((await redis.Database.StringGetAsync(redis.Keys.GenerationManifest(number)))!);
        foreach (var user in new[] { 0, GenerationCodec.RowsPerChunk - 1, GenerationCodec.RowsPerChunk, GenerationCodec.RowsPerChunk + 4 })
        {
            var read = (await new UserReader(redis, new RedisPatience(redis, TimeSpan.FromSeconds(10))).ReadAsync($"u{user}", number, default))!;
            var vector = new float[2];
            Assert.Equal(UserVectorCodec.Length(2, precision), read.Vector!.Length);
            Assert.True(UserVectorCodec.TryRead(read.Vector, manifest.VectorSeed, vector));
            Assert.Equal([2 * user % 2000, (2 * user + 1) % 2000], vector.Select(v => (int)v));
            Assert.Null(await redis.Database.KeyTimeToLiveAsync(redis.Keys.UserVector(number, $"u{user}")));
        }
    }

    [Fact]
    public async Task Publish_VectorThatCannotBeServed_IsRefusedAndNothingIsWritten()
    {
        using var redis = server.Connect();
        var generation = Generation(5, 5);
        generation.UserVectors[3] = float.NaN;

        var e = await Assert.ThrowsAsync<ContractException>(() => Publisher(redis).PublishAsync(generation, default));

        Assert.Contains("user \"u1\" has numbers that are not finite", e.Message, StringComparison.Ordinal);
        Assert.Empty(await StoredKeys.AllAsync(redis));
    }

    [Fact]
    public async Task Publish_RedisLosesVectors_IsNoticedAndNotPublished()
    {
        using var redis = server.Connect();
        var first = await Publisher(redis).PublishAsync(Generation(5, 5), default);
        // Between the last vector and the manifest.
        using var losing = WatchedDatabase.Connect(server, redis.Keys.Prefix, command =>
        {
            if (command == nameof(IDatabase.StringSetAsync) && redis.Database.KeyExists(redis.Keys.UserVector(first + 1, "u4")))
                redis.Database.KeyDelete(redis.Keys.UserVector(first + 1, "u2"));
        });

        var e = await Assert.ThrowsAsync<ContractException>(() => Publisher(losing).PublishAsync(Generation(5, 5), default));

        Assert.Contains("user \"u2\" of generation 2", e.Message, StringComparison.Ordinal);
        Assert.Equal(first, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentGeneration));
    }

    // The sleeper's lease runs out, another process gets it and publishes.
    private static async Task<long> OvertakeAsync(RedisConnection redis)
    {
        await using var lease = Lease(redis, TimeProvider.System);
        await redis.Database.KeyDeleteAsync(redis.Keys.Lease(lease.Name));
        Assert.True(await lease.TryAcquireAsync(default));
        return await Publisher(redis, lease).PublishAsync(Generation(5, 5), default);
    }

    private static GenerationPublisher Publisher(RedisConnection redis, RedisLease? lease = null) =>
        new(redis, keep: 3, TimeProvider.System, NullLogger<GenerationPublisher>.Instance, lease);

    private static RedisLease Lease(RedisConnection redis, TimeProvider time) =>
        new(redis, "trainer", TimeSpan.FromMinutes(1), [redis.Keys.CurrentGeneration], time, NullLogger<RedisLease>.Instance);

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
