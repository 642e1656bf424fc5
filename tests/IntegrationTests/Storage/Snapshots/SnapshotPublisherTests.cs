using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

public sealed class SnapshotPublisherTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly SnapshotPublisher _publisher;
    private readonly IDatabase _database;

    public SnapshotPublisherTests(RedisFixture redis)
    {
        _redis = redis.Server.Connect();
        _publisher = new(_redis, keep: 2);
        _database = redis.Server.Database;
    }

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task Publish_First_IsCurrentAndComplete()
    {
        Assert.Null(await _publisher.CurrentAsync(default));
        var snapshot = Snapshot(1);
        var info = await _publisher.PublishAsync(snapshot, default);
        Assert.Equal(1, info.Number);
        Assert.Equal(info, await _publisher.CurrentAsync(default));
        Assert.Equal(snapshot.Info.Hash, SnapshotHash.Compute(await ReadAsync(1)));
        Assert.Null(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        Assert.Null(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotChunk(1, 0)));
    }

    [Fact]
    public async Task Publish_SameContentAgain_KeepsTheNumber()
    {
        var first = await _publisher.PublishAsync(Snapshot(1), default);
        Assert.Equal(first, await _publisher.PublishAsync(Snapshot(1), default));
        Assert.Equal(1, (long)await _database.StringGetAsync(_redis.Keys.SnapshotCounter));
    }

    [Fact]
    public async Task Publish_MoreThanAreKept_ExpiresTheOldest()
    {
        for (var n = 1; n <= 3; n++)
            await _publisher.PublishAsync(Snapshot(n), default);
        Assert.NotNull(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(1)));
        Assert.NotNull(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotChunk(1, 0)));
        Assert.Null(await _database.KeyTimeToLiveAsync(_redis.Keys.SnapshotManifest(2)));
        // A reader can still finish reading the old one.
        Assert.Equal(Snapshot(1).Info.Hash, SnapshotHash.Compute(await ReadAsync(1)));
    }

    [Fact]
    public async Task Publish_Cancelled_LeavesTheCurrentOne()
    {
        await _publisher.PublishAsync(Snapshot(1), default);
        using var cut = new CancellationTokenSource();
        cut.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _publisher.PublishAsync(Snapshot(2), cut.Token));
        Assert.Equal(1, (await _publisher.CurrentAsync(default))!.Number);
        Assert.Equal(Snapshot(3).Info.Hash, (await _publisher.PublishAsync(Snapshot(3), default)).Hash);
    }

    private async Task<GraphSnapshot> ReadAsync(long number)
    {
        var manifest = SnapshotManifest.Parser.ParseFrom((byte[])(await _database.StringGetAsync(_redis.Keys.SnapshotManifest(number)))!);
        var blob = new byte[manifest.Blob.Length];
        for (var chunk = 0; chunk < manifest.Blob.ChunkSha256.Count; chunk++)
            ChunkedBlob.Put(manifest.Blob, chunk, await _database.StringGetAsync(_redis.Keys.SnapshotChunk(number, chunk)), blob);
        return SnapshotCodec.Read(blob, manifest.Info);
    }

    private static GraphSnapshot Snapshot(int items) => SnapshotAssembler.Assemble(new()
    {
        UserIds = ["u"],
        ItemIds = [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
        Categories = [.. Enumerable.Range(0, items).Select(_ => Array.Empty<string>())],
        Available = [.. Enumerable.Repeat(true, items)],
        Interactions = InteractionPairs.ToMatrix(1, [new(0, 0, 1)]),
        // More than one chunk.
        Modalities = [ModalityFeatures.FromFloats("image", 400_000, [.. Enumerable.Range(0, items * 400_000).Select(i => (float)i)], [.. Enumerable.Repeat(true, items)])],
    }, new());
}
