using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>
/// Writes a snapshot to Redis under a new number, reads it back, and only then makes it current by setting one key. A publication that was cut short
/// expires by itself; old snapshots expire once there are enough newer ones.
/// </summary>
/// <param name="redis">Where to.</param>
/// <param name="keep">Snapshots kept, the current one included.</param>
public sealed class SnapshotPublisher(RedisConnection redis, int keep)
{
    // Longer than writing any snapshot takes, or finishing to read an old one.
    private static readonly TimeSpan Leftover = TimeSpan.FromMinutes(30);

    // Numbers whose publication was cut short have no manifest; this many in a row are skipped.
    private const int Gaps = 16;

    /// <summary>The current snapshot, or null before the first.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<SnapshotInfo?> CurrentAsync(CancellationToken cancellationToken)
    {
        var number = await redis.Database.StringGetAsync(redis.Keys.CurrentSnapshot).WaitAsync(cancellationToken);
        return number.IsNull ? null : (await ManifestAsync((long)number, cancellationToken))?.Info;
    }

    /// <summary>The current snapshot if it has this content and nothing of it is missing, else null.</summary>
    /// <inheritdoc cref="CurrentAsync(CancellationToken)" path="/exception"/>
    public async Task<SnapshotInfo?> CurrentAsync(string hash, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(cancellationToken);
        if (current?.Hash != hash || await ManifestAsync(current.Number, cancellationToken) is not { } manifest)
            return null;
        foreach (var key in KeysOf(current.Number, manifest))
            if (!await redis.Database.KeyExistsAsync(key).WaitAsync(cancellationToken))
                return null;
        return current;
    }

    /// <summary>Publishes, unless the current snapshot has the same content and is whole.</summary>
    /// <returns>The info of what is current now.</returns>
    /// <exception cref="ContractException">It is too large, or what was read back is not what was written.</exception>
    /// <inheritdoc cref="CurrentAsync(CancellationToken)" path="/exception"/>
    public async Task<SnapshotInfo> PublishAsync(GraphSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (await CurrentAsync(snapshot.Info.Hash, cancellationToken) is { } same)
            return same;
        var number = await redis.Database.StringIncrementAsync(redis.Keys.SnapshotCounter).WaitAsync(cancellationToken);
        var info = snapshot.Info.Clone();
        info.Number = number;
        info.PublishedAt = Timestamp.FromDateTime(DateTime.UtcNow);
        var blob = SnapshotCodec.Write(snapshot);
        var manifest = SnapshotManifestCodec.Describe(info, blob);

        for (var chunk = 0; chunk < manifest.Blob.ChunkSha256.Count; chunk++)
            await redis.Database.StringSetAsync(redis.Keys.SnapshotChunk(number, chunk), ChunkedBlob.Chunk(blob, chunk).ToArray(), Leftover).WaitAsync(cancellationToken);
        await redis.Database.StringSetAsync(redis.Keys.SnapshotManifest(number), manifest.ToByteArray(), Leftover).WaitAsync(cancellationToken);

        await VerifyAsync(number, manifest, cancellationToken);
        foreach (var key in KeysOf(number, manifest))
            if (!await redis.Database.KeyPersistAsync(key).WaitAsync(cancellationToken))
                throw new ContractException($"Key {key} of snapshot {number} vanished while it was being published: Redis may be out of memory and evicting keys.");
        await redis.Database.StringSetAsync(redis.Keys.CurrentSnapshot, number).WaitAsync(cancellationToken);
        await ExpireOldAsync(number, cancellationToken);
        return info;
    }

    private async Task VerifyAsync(long number, SnapshotManifest written, CancellationToken cancellationToken)
    {
        var manifest = await ManifestAsync(number, cancellationToken);
        if (manifest is null || !manifest.Equals(written))
            throw new ContractException($"The manifest of snapshot {number} is not what was written.");
        var blob = new byte[manifest.Blob.Length];
        for (var chunk = 0; chunk < manifest.Blob.ChunkSha256.Count; chunk++)
            ChunkedBlob.Put(manifest.Blob, chunk, await redis.Database.StringGetAsync(redis.Keys.SnapshotChunk(number, chunk)).WaitAsync(cancellationToken), blob);
    }

    private async Task ExpireOldAsync(long newest, CancellationToken cancellationToken)
    {
        var kept = 1;
        for (long number = newest - 1, gaps = 0; number > 0 && gaps < Gaps; number--)
        {
            if (await ManifestAsync(number, cancellationToken) is not { } manifest)
                gaps++;
            else if (kept < keep)
                kept++;
            else
                foreach (var key in KeysOf(number, manifest))
                    // Those that expire already keep their time.
                    if (await redis.Database.KeyTimeToLiveAsync(key).WaitAsync(cancellationToken) is null)
                        await redis.Database.KeyExpireAsync(key, Leftover).WaitAsync(cancellationToken);
        }
    }

    private IEnumerable<string> KeysOf(long number, SnapshotManifest manifest) =>
        Enumerable.Range(0, manifest.Blob.ChunkSha256.Count).Select(c => redis.Keys.SnapshotChunk(number, c)).Append(redis.Keys.SnapshotManifest(number));

    private async Task<SnapshotManifest?> ManifestAsync(long number, CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken);
        return bytes is null ? null : SnapshotManifestCodec.Read(number, bytes);
    }

}
