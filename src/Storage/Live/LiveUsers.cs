using System.Runtime.CompilerServices;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>The users that have live state in Redis, whether the graphs know them or not.</summary>
public static class LiveUsers
{
    /// <summary>The users' ids; the same one may come twice.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async IAsyncEnumerable<string> IdsAsync(RedisConnection redis, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = redis.Keys.UserPrefix;
        await foreach (var key in RedisKeyScan.KeysAsync(redis, prefix, cancellationToken))
            yield return key[prefix.Length..^1];
    }
}
