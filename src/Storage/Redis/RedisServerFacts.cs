using System.Globalization;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>What a Redis server says of itself, where it does: managed ones may refuse, and other servers may not know.</summary>
public static class RedisServerFacts
{
    /// <summary>The only eviction policy under which nothing is lost when memory runs out.</summary>
    public const string NoEviction = "noeviction";

    /// <summary>Keys evicted since the server started; null if it does not say.</summary>
    /// <exception cref="RedisConnectionException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async Task<long?> EvictedKeysAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        const string Field = "evicted_keys:";
        try
        {
            var stats = (string?)await redis.Database.ExecuteAsync("INFO", "stats").WaitAsync(cancellationToken) ?? "";
            var line = stats.Split('\n').FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is not null && long.TryParse(line.AsSpan(Field.Length), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var keys) ? keys : null;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    /// <summary>Its maxmemory-policy; null if it does not say.</summary>
    /// <exception cref="RedisConnectionException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async Task<string?> EvictionPolicyAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        try
        {
            var answer = (RedisResult[]?)await redis.Database.ExecuteAsync("CONFIG", "GET", "maxmemory-policy").WaitAsync(cancellationToken);
            return answer is { Length: 2 } ? (string?)answer[1] : null;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
