using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Trainer.UnitTests.Fixtures;

/// <summary>Publishes snapshots as the GraphBuilder does.</summary>
internal static class RedisSnapshots
{
    internal static async Task PublishAsync(RedisConnection redis, GraphSnapshot snapshot, long number)
    {
        var info = snapshot.Info.Clone();
        info.Number = number;
        var blob = SnapshotCodec.Write(snapshot);
        var manifest = new SnapshotManifest { Version = SnapshotCodec.Version, Info = info, Blob = ChunkedBlob.Describe(blob) };
        for (var chunk = 0; chunk < manifest.Blob.ChunkSha256.Count; chunk++)
            await redis.Database.StringSetAsync(redis.Keys.SnapshotChunk(number, chunk), ChunkedBlob.Chunk(blob, chunk).ToArray());
        await redis.Database.StringSetAsync(redis.Keys.SnapshotManifest(number), manifest.ToByteArray());
        await redis.Database.StringSetAsync(redis.Keys.CurrentSnapshot, number);
    }
}
