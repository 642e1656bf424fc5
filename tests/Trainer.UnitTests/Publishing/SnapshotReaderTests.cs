using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Trainer.UnitTests.Fixtures;

namespace Rearm.Streaming.Trainer.UnitTests.Publishing;

public sealed class SnapshotReaderTests : IDisposable
{
    private readonly RedisServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Read_Published_IsTheSameSnapshot()
    {
        using var redis = _server.Connect();
        var reader = new SnapshotReader(redis);
        Assert.Null(await reader.CurrentInfoAsync(CancellationToken.None));
        var snapshot = PlantedShop.Snapshot();
        await RedisSnapshots.PublishAsync(redis, snapshot, 3);
        var read = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(snapshot.Info.Hash, SnapshotHash.Compute(read));
        Assert.Equal(3, read.Info.Number);
        Assert.Equal(3, (await reader.CurrentInfoAsync(CancellationToken.None))!.Number);
    }

    [Fact]
    public async Task Read_DamagedChunk_IsRefused()
    {
        using var redis = _server.Connect();
        await RedisSnapshots.PublishAsync(redis, PlantedShop.Snapshot(), 1);
        await redis.Database.StringSetAsync(redis.Keys.SnapshotChunk(1, 0), "rubbish");
        var e = await Assert.ThrowsAsync<ContractException>(() => new SnapshotReader(redis).ReadAsync(CancellationToken.None));
        Assert.Contains("Chunk 0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NothingPublished_SaysSo()
    {
        using var redis = _server.Connect();
        var e = await Assert.ThrowsAsync<ContractException>(() => new SnapshotReader(redis).ReadAsync(CancellationToken.None));
        Assert.Contains("GraphBuilder", e.Message, StringComparison.Ordinal);
    }
}
