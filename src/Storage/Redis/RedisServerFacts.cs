using System.Globalization;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>What a Redis server says of itself, where it does: managed ones may refuse, and other servers may not know.</summary>
public static class RedisServerFacts
{
    /// <summary>The only eviction policy under which nothing is lost when memory runs out.</summary>
    public const string NoEviction = "noeviction";

    /// <summary>Keys evicted since the server started, in a Redis Cluster by all of them; null if one does not say.</summary>
    /// <exception cref="RedisConnectionException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async Task<long?> EvictedKeysAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        const string Field = "evicted_keys:";
        try
        {
            var sum = 0L;
            foreach (var execute in redis.Servers)
            {
                var stats = (string?)await execute("INFO", ["stats"]).WaitAsync(cancellationToken) ?? "";
                var line = stats.Split('\n').FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
                if (line is null || !long.TryParse(line.AsSpan(Field.Length), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var keys))
                    return null;
                sum += keys;
            }
            return sum;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    /// <summary>Its maxmemory-policy, in a Redis Cluster the first that is not <see cref="NoEviction"/>; null if it does not say.</summary>
    /// <exception cref="RedisConnectionException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async Task<string?> EvictionPolicyAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        try
        {
            string? policy = null;
            foreach (var execute in redis.Servers)
            {
                var answer = (RedisResult[]?)await execute("CONFIG", ["GET", "maxmemory-policy"]).WaitAsync(cancellationToken);
                policy = answer is { Length: 2 } ? (string?)answer[1] : null;
                if (policy != NoEviction)
                    break;
            }
            return policy;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
