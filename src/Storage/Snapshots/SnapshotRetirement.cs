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
    private const int DeletedTogether = 64;

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

        var held = await redis.Database.SetMembersAsync(redis.Keys.HeldSnapshots).WaitAsync(cancellationToken);
        var kept = Kept(entries, current, [.. held.Select(number => (long)number)]);
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

    /// <summary>
    /// Removes at once every snapshot but the current one whose state was taken before a time, and whatever else of snapshots no kept one needs: what has
    /// an hour to live, too.
    /// </summary>
    /// <param name="cutBefore">The time, by the clock of whoever cut them.</param>
    /// <param name="token">The caller's.</param>
    /// <param name="cancellationToken">Stops it; the next call goes on.</param>
    /// <returns>How many snapshots.</returns>
    /// <exception cref="LeaseLostException">Another process retires snapshots now.</exception>
    /// <exception cref="ContractException">A manifest can't be read, so nobody knows what is in that snapshot; nothing is removed.</exception>
    public async Task<int> PurgeAsync(DateTimeOffset cutBefore, long token, CancellationToken cancellationToken)
    {
        await RunAsync(token, cancellationToken);
        var current = await _index.CurrentAsync(cancellationToken);
        var needed = new Dictionary<string, int>(StringComparer.Ordinal);
        var removed = new List<long>();
        foreach (var (number, manifest) in await ReadableAsync(cancellationToken))
            if (number == current || manifest.Info.CutAt?.ToDateTimeOffset() >= cutBefore)
                foreach (var (chunk, length) in SnapshotManifestCodec.ChunksOf(manifest))
                    needed[chunk] = length;
            else
                removed.Add(number);
        foreach (var number in removed)
        {
            await RetireAsync(number, needed, cancellationToken);
            await redis.Database.KeyDeleteAsync(redis.Keys.SnapshotManifest(number)).WaitAsync(cancellationToken);
        }
        await DeleteExpiringAsync(needed, token, cancellationToken);
        return removed.Count;
    }

    private async Task<IReadOnlyList<(long Number, SnapshotManifest Manifest)>> ReadableAsync(CancellationToken cancellationToken)
    {
        var found = new List<(long, SnapshotManifest)>();
        foreach (var number in await _index.StoredAsync(cancellationToken))
            if (await _index.ManifestAsync(number, cancellationToken) is { } manifest)
                found.Add((number, manifest));
        return found;
    }

    // Only what has a time to live: a successor that has begun to need a chunk has taken it away.
    private async Task DeleteExpiringAsync(Dictionary<string, int> needed, long token, CancellationToken cancellationToken)
    {
        var prefix = redis.Keys.Chunk("");
        var keys = new List<string>();
        await foreach (var key in RedisKeyScan.KeysAsync(redis, prefix, cancellationToken))
            if (!needed.ContainsKey(key[prefix.Length..]))
                keys.Add(key);
        foreach (var window in keys.Chunk(DeletedTogether))
        {
            if (await Fence.IsPassedAsync(redis, redis.Keys.CurrentSnapshot, token, cancellationToken))
                throw new LeaseLostException("Another process publishes snapshots now, and removes them.");
            var left = await Task.WhenAll(window.Select(k => redis.Database.KeyTimeToLiveAsync(k))).WaitAsync(cancellationToken);
            await Task.WhenAll(window.Where((_, i) => left[i] is not null).Select(k => redis.Database.KeyDeleteAsync(k))).WaitAsync(cancellationToken);
        }
    }

    private HashSet<long> Kept(IReadOnlyList<SnapshotIndex.Entry> entries, long? current, HashSet<long> held)
    {
        var oldest = time.GetUtcNow() - maxAge;
        var others = entries.Where(e => e.Number != current && e.PublishedAt >= oldest).Select(e => e.Number).OrderDescending().ToList();
        var newest = others.Take(keep - (current is null ? 0 : 1));
        return [.. newest, .. others.Where(held.Contains), .. current is { } number ? [number] : Array.Empty<long>()];
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
