using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

public sealed class SnapshotPublisherTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisFixture _fixture;
    private readonly RedisConnection _redis;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly SnapshotPublisher _publisher;
    private readonly IDatabase _database;

    public SnapshotPublisherTests(RedisFixture fixture)
    {
        _fixture = fixture;
        _redis = fixture.Server.Connect();
        _publisher = new(_redis, keep: 2, maxAge: TimeSpan.FromDays(7), time: _time);
        _database = fixture.Server.Database;
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _redis.Dispose();
    }

    [Fact]
    public async Task Publish_First_IsCurrentAndComplete()
    {
        Assert.Null(await _publisher.CurrentAsync(default));
        var snapshot = SmallSnapshots.Of(1);
        var info = await _publisher.PublishAsync(snapshot, default);
        Assert.Equal(1, info.Number);
        Assert.Equal(info, await _publisher.CurrentAsync(default));
        await StoredKeys.AssertCleanAsync(_redis, snapshot.Info.Hash, keep: 2);
    }

    [Fact]
    public async Task PublishAndRead_Progress_IsToldOfAllChunks()
    {
        var progress = new KeptProgress();

        await _publisher.PublishAsync(SmallSnapshots.Of(1), default, progress.Begin);
        await new SnapshotReader(_redis).ReadAsync(default, progress.Begin);

        Assert.Equal(["Writing snapshot 1", "Reading snapshot 1"], progress.Steps.Select(step => step.What));
        Assert.All(progress.Steps, step => Assert.True(step is { Unit: "chunks", Total: > 0 } && step.Most == step.Total, $"{step}, {step.Most} told"));
        Assert.Single(progress.Steps.Select(step => step.Total).Distinct());
    }

    [Fact]
    public async Task Publish_SameContentAgain_KeepsTheNumber()
    {
        var first = await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        Assert.Equal(first, await _publisher.PublishAsync(SmallSnapshots.Of(1), default));
        Assert.Equal(1, (long)await _database.StringGetAsync(_redis.Keys.SnapshotCounter));
    }

    [Fact]
    public async Task Publish_FewItemsChanged_SendsOnlyTheirChunks()
    {
        var rows = Enumerable.Range(0, 5000).Select(i => ItemVector.Compact([.. Enumerable.Range(0, 512).Select(d => (float)((i * 31 + d * 17) % 97) / 97 + 0.1f)])).ToArray();
        await _publisher.PublishAsync(Features("before", rows), default);
        var written = new List<string>();
        using var watched = WatchedDatabase.Connect(_fixture.Server, _redis.Keys.Prefix, command =>
        {
            if (command == nameof(IDatabase.StringSetAsync))
                written.Add(command);
        });
        rows[1000] = ItemVector.Compact([.. Enumerable.Repeat(0.5f, 512)]);
        using var again = new SnapshotPublisher(watched, keep: 2);
        await again.PublishAsync(Features("after", rows), default);

        var before = await StoredKeys.ChunksOfAsync(_redis, 1);
        var added = (await StoredKeys.ChunksOfAsync(_redis, 2)).Except(before).Count();
        Assert.True(before.Count > 10);
        Assert.Equal(1, added);
        // That chunk and the manifest.
        Assert.Equal(2, written.Count);
    }

    [Fact]
    public async Task Publish_MoreThanAreKept_RetiresTheOldest()
    {
        for (var n = 1; n <= 3; n++)
            await _publisher.PublishAsync(SmallSnapshots.Of(n), default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(3).Info.Hash, keep: 2);
        // A reader can still finish reading the old one.
        Assert.NotNull(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        foreach (var chunk in await StoredKeys.ChunksOfAsync(_redis, 1))
            Assert.True(await _database.KeyExistsAsync(chunk));
    }

    [Fact]
    public async Task Publish_ContentOfARetiredSnapshot_IsKeptAgain()
    {
        foreach (var n in new[] { 1, 2, 3, 1 })
            await _publisher.PublishAsync(SmallSnapshots.Of(n), default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(1).Info.Hash, keep: 2);
    }

    [Fact]
    public async Task Retire_OlderThanTheMaximumAge_KeepsTheCurrentOneAlone()
    {
        await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        _time.Advance(TimeSpan.FromDays(3));
        await _publisher.PublishAsync(SmallSnapshots.Of(2), default);
        _time.Advance(TimeSpan.FromDays(3.9));
        await _publisher.RetireAsync(default);
        Assert.Null(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        _time.Advance(TimeSpan.FromDays(30));
        await _publisher.RetireAsync(default);
        Assert.NotNull(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(2).Info.Hash, keep: 1);
    }

    [Fact]
    public async Task Publish_ChunkOfTheCurrentOneIsGoneOrShort_WritesItAgain()
    {
        var snapshot = SmallSnapshots.Of(1);
        await _publisher.PublishAsync(snapshot, default);
        var chunks = await StoredKeys.ChunksOfAsync(_redis, 1);
        await _database.KeyDeleteAsync(chunks[0]);
        await _database.StringSetAsync(chunks[1], "x");
        Assert.Null(await _publisher.CurrentAsync(snapshot.Info.Hash, default));
        Assert.Equal(2, (await _publisher.PublishAsync(snapshot, default)).Number);
        await StoredKeys.AssertCleanAsync(_redis, snapshot.Info.Hash, keep: 2);
    }

    [Fact]
    public async Task Retire_KeptChunkGotATimeToLive_TakesItAway()
    {
        // As a publisher would do that goes on retiring after it has lost its lease.
        await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        foreach (var key in (await StoredKeys.AllAsync(_redis)).Where(k => k.Contains(":chunk:", StringComparison.Ordinal) || k.EndsWith(":manifest", StringComparison.Ordinal)))
            await _database.KeyExpireAsync(key, TimeSpan.FromMinutes(10));
        await _publisher.RetireAsync(default);
        await StoredKeys.AssertCleanAsync(_redis, SmallSnapshots.Of(1).Info.Hash, keep: 2);
    }

    [Fact]
    public async Task Retire_ManifestOfAnotherRelease_IsLeftAlone()
    {
        await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        await _database.SortedSetAddAsync(_redis.Keys.Snapshots, 99, 0);
        await _database.StringSetAsync(_redis.Keys.SnapshotManifest(99), new byte[] { 8, 77 });
        await _publisher.RetireAsync(default);
        Assert.Null(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(99)));
        Assert.NotNull(await _database.SortedSetScoreAsync(_redis.Keys.Snapshots, 99));
    }

    [Fact]
    public async Task Publish_CurrentOneOfAnotherRelease_TakesItsPlace()
    {
        await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        await _database.StringSetAsync(_redis.Keys.SnapshotManifest(1), new byte[] { 8, 77 });
        Assert.Equal(2, (await _publisher.PublishAsync(SmallSnapshots.Of(1), default)).Number);
        Assert.Equal(2, (await _publisher.CurrentAsync(default))!.Number);
    }

    [Fact]
    public async Task Publish_Cancelled_LeavesTheCurrentOne()
    {
        await _publisher.PublishAsync(SmallSnapshots.Of(1), default);
        using var cut = new CancellationTokenSource();
        cut.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _publisher.PublishAsync(SmallSnapshots.Of(2), cut.Token));
        Assert.Equal(1, (await _publisher.CurrentAsync(default))!.Number);
        Assert.Equal(SmallSnapshots.Of(3).Info.Hash, (await _publisher.PublishAsync(SmallSnapshots.Of(3), default)).Hash);
    }

    // Only written, never read: the graphs are those of other items.
    private static GraphSnapshot Features(string hash, ItemVector[] rows)
    {
        var snapshot = SmallSnapshots.Of(1);
        return snapshot with { Modalities = [new("image", 512, [.. rows])], Info = new(snapshot.Info) { Hash = hash } };
    }
}
