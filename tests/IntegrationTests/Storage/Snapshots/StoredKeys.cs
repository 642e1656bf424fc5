using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Storage.Snapshots;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

/// <summary>What of snapshots is in Redis.</summary>
internal static class StoredKeys
{
    /// <summary>Every key with the connection's prefix.</summary>
    public static async Task<List<string>> AllAsync(RedisConnection redis) =>
        await RedisKeyScan.KeysAsync(redis, $"{redis.Keys.Prefix}:", CancellationToken.None).Distinct().Order(StringComparer.Ordinal).ToListAsync();

    /// <summary>Those without a time to live.</summary>
    public static async Task<List<string>> PermanentAsync(RedisConnection redis)
    {
        var keys = await AllAsync(redis);
        var left = await Task.WhenAll(keys.Select(key => redis.Database.KeyTimeToLiveAsync(key)));
        var exists = await Task.WhenAll(keys.Select(key => redis.Database.KeyExistsAsync(key)));
        return [.. keys.Where((_, k) => left[k] is null && exists[k])];
    }

    /// <summary>Removes all of them.</summary>
    public static async Task DeleteAsync(RedisConnection redis) => await redis.Database.KeyDeleteAsync([.. (await AllAsync(redis)).Select(k => (RedisKey)k)]);

    /// <summary>The chunks that a snapshot consists of, as keys.</summary>
    public static async Task<List<string>> ChunksOfAsync(RedisConnection redis, long number)
    {
        var manifest = SnapshotManifestCodec.Read(number, (byte[])(await redis.Database.StringGetAsync(redis.Keys.SnapshotManifest(number)))!);
        return [.. SnapshotManifestCodec.ChunksOf(manifest).Keys.Select(redis.Keys.Chunk).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Nothing is permanent but the kept snapshots and what leads to them, the newest of them is current and has this content, and each can be read whole.
    /// </summary>
    public static async Task AssertCleanAsync(RedisConnection redis, string currentHash, int keep)
    {
        Assert.Equal(currentHash, SnapshotHash.Compute(await new SnapshotReader(redis).ReadAsync(CancellationToken.None)));
        var index = await new SnapshotIndex(redis).ReadAsync(CancellationToken.None);
        Assert.InRange(index.Count, 1, keep);
        Assert.All(index, entry => Assert.NotNull(entry.PublishedAt));
        Assert.Equal(index[^1].Number, (long)await redis.Database.StringGetAsync(redis.Keys.CurrentSnapshot));
        var reachable = new HashSet<string> { redis.Keys.CurrentSnapshot, redis.Keys.SnapshotCounter, redis.Keys.Snapshots };
        foreach (var entry in index)
        {
            reachable.Add(redis.Keys.SnapshotManifest(entry.Number));
            reachable.UnionWith(await ChunksOfAsync(redis, entry.Number));
        }
        var permanent = (await PermanentAsync(redis)).Where(k => !k.Contains(":lease:", StringComparison.Ordinal) && !k.Contains(":fence:", StringComparison.Ordinal));
        Assert.Equal(reachable.Order(StringComparer.Ordinal), permanent);
    }
}
