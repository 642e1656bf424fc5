using System.Runtime.CompilerServices;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>Which generations there are in Redis.</summary>
internal static class GenerationNumbers
{
    // Runs that were killed leave numbers without a generation; more of them in a row than this mean that nothing older is left.
    private const int MissingInARow = 128;

    /// <summary>The numbers, newest first; not one that is being published.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    public static async IAsyncEnumerable<long> AllAsync(RedisConnection redis, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (database, keys) = (redis.Database, redis.Keys);
        var current = (await database.StringGetAsync(keys.CurrentGeneration).WaitAsync(cancellationToken)).TryParse(out long number) ? number : 0;
        var newest = Math.Max(current, (long?)await database.StringGetAsync(keys.GenerationCounter).WaitAsync(cancellationToken) ?? 0);
        for (var (next, missing) = (newest, 0); next > 0 && missing < MissingInARow; next--)
        {
            var isThere = await database.KeyExistsAsync(keys.GenerationManifest(next)).WaitAsync(cancellationToken);
            missing = isThere ? 0 : missing + 1;
            // With a time to live it is yet to be published, or never will be.
            if (isThere && (next <= current || await database.KeyTimeToLiveAsync(keys.GenerationManifest(next)).WaitAsync(cancellationToken) is null))
                yield return next;
        }
        // One that is pinned may be so old that many a number after it has gone.
        foreach (var pinned in (await PinnedGenerations.ReadAsync(redis, cancellationToken)).Where(n => n < newest - MissingInARow).OrderDescending())
            if (await database.KeyExistsAsync(keys.GenerationManifest(pinned)).WaitAsync(cancellationToken))
                yield return pinned;
    }
}
