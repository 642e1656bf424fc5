using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

public sealed class SnapshotReaderTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisConnection _redis;
    private readonly SnapshotPublisher _publisher;
    private readonly SnapshotReader _reader;

    public SnapshotReaderTests(RedisFixture fixture)
    {
        _redis = fixture.Server.Connect();
        _publisher = new(_redis, keep: 3);
        _reader = new(_redis);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _redis.Dispose();
    }

    [Fact]
    public async Task Read_Published_IsTheSameSnapshot()
    {
        Assert.Null(await _reader.CurrentInfoAsync(CancellationToken.None));
        var snapshot = PlantedShop.Snapshot();
        var published = await _publisher.PublishAsync(snapshot, CancellationToken.None);

        var read = await _reader.ReadAsync(CancellationToken.None);

        Assert.Equal(snapshot.Info.Hash, SnapshotHash.Compute(read));
        Assert.Equal(published, read.Info);
        Assert.Equal(published, await _reader.CurrentInfoAsync(CancellationToken.None));
        Assert.Equal(published.Number, await _reader.CurrentNumberAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Read_DamagedChunk_IsRefused()
    {
        await _publisher.PublishAsync(PlantedShop.Snapshot(), CancellationToken.None);
        var chunk = (await StoredKeys.ChunksOfAsync(_redis, 1))[0];
        await _redis.Database.StringSetAsync(chunk, "rubbish");

        var e = await Assert.ThrowsAsync<ContractException>(() => _reader.ReadAsync(CancellationToken.None));

        Assert.Contains("Chunk 0", e.Message, StringComparison.Ordinal);
        Assert.Contains(chunk.Split(':')[^1], e.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MissingChunk_IsRefused()
    {
        await _publisher.PublishAsync(PlantedShop.Snapshot(), CancellationToken.None);
        await _redis.Database.KeyDeleteAsync((await StoredKeys.ChunksOfAsync(_redis, 1))[0]);

        var e = await Assert.ThrowsAsync<ContractException>(() => _reader.ReadAsync(CancellationToken.None));

        Assert.Contains("missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NothingPublished_IsRefused()
    {
        var e = await Assert.ThrowsAsync<ContractException>(() => _reader.ReadAsync(CancellationToken.None));

        Assert.Contains("GraphBuilder", e.Message, StringComparison.Ordinal);
    }
}
