using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>
/// Brings Redis to the state that it should be in, whatever was cut short before: the chunks of kept snapshots have no time to live, everything else of
/// snapshots has one. Doing it again, or a second time after a kill, changes nothing.
/// </summary>
/// <param name="redis">Where the snapshots are.</param>
/// <param name="keep">Snapshots kept, the current one included.</param>
/// <param name="maxAge">Snapshots published longer ago are not kept, the current one excepted.</param>
/// <param name="time">The clock.</param>
internal sealed class SnapshotRetirement(RedisConnection redis, int keep, TimeSpan maxAge, TimeProvider time)
{
    private readonly SnapshotIndex _index = new(redis);
    private readonly SnapshotChunks _chunks = new(redis);

    /// <summary>Retires what is not to be kept.</summary>
    /// <param name="token">The caller's.</param>
    /// <param name="cancellationToken">Stops it; the next call goes on.</param>
    /// <exception cref="LeaseLostException">Another process retires snapshots now.</exception>
    /// <exception cref="ContractException">The manifest of a snapshot to keep can't be read, so nobody knows which chunks it needs; nothing is retired.</exception>
    public async Task RunAsync(long token, CancellationToken cancellationToken)
    {
        var current = await _index.CurrentAsync(cancellationToken);
        var entries = await _index.ReadAsync(cancellationToken);
        if (current is { } number && entries.All(e => e.Number != number || e.PublishedAt is null) && await _index.ManifestAsync(number, cancellationToken) is { } published)
            // Cut short between the pointer and the index.
            await _index.PublishedAsync(published.Info, cancellationToken);

        var kept = Kept(entries, current);
        var needed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var keptNumber in kept)
            if (await _index.ManifestAsync(keptNumber, cancellationToken) is { } manifest)
            {
                await redis.Database.KeyPersistAsync(redis.Keys.SnapshotManifest(keptNumber)).WaitAsync(cancellationToken);
                foreach (var (chunk, length) in SnapshotManifestCodec.ChunksOf(manifest))
                    needed[chunk] = length;
            }
        // All of these are permanent already, unless a publisher that had lost its lease went on retiring. If one is missing, readers will say so.
        await _chunks.KeepAsync(needed, cancellationToken);
        if (await Fence.IsPassedAsync(redis, redis.Keys.CurrentSnapshot, token, cancellationToken))
        {
            // That process may have retired some of these before their chunks were made permanent here; it must do so again.
            foreach (var keptNumber in kept)
                await _index.AgainAsync(keptNumber, cancellationToken);
            throw new LeaseLostException("Another process publishes snapshots now, and retires them.");
        }

        foreach (var entry in entries.Where(e => !kept.Contains(e.Number)))
            await RetireAsync(entry.Number, needed, cancellationToken);
    }

    private HashSet<long> Kept(IReadOnlyList<SnapshotIndex.Entry> entries, long? current)
    {
        var oldest = time.GetUtcNow() - maxAge;
        var others = entries.Where(e => e.Number != current && e.PublishedAt >= oldest).Select(e => e.Number).OrderDescending().Take(keep - (current is null ? 0 : 1));
        return [.. others, .. current is { } number ? [number] : Array.Empty<long>()];
    }

    private async Task RetireAsync(long number, Dictionary<string, int> needed, CancellationToken cancellationToken)
    {
        SnapshotManifest? manifest;
        try
        {
            manifest = await _index.ManifestAsync(number, cancellationToken);
        }
        catch (ContractException)
        {
            // Written by another release, or damaged: which chunks it has is unknown. It stays noted until a release that can read it comes along.
            return;
        }
        if (manifest is not null)
        {
            await _chunks.ExpireAsync(SnapshotManifestCodec.ChunksOf(manifest).Keys.Where(c => !needed.ContainsKey(c)), cancellationToken);
            await redis.Database.KeyExpireAsync(redis.Keys.SnapshotManifest(number), SnapshotChunks.TimeToLive).WaitAsync(cancellationToken);
        }
        await _index.ForgetAsync(number, cancellationToken);
    }
}
