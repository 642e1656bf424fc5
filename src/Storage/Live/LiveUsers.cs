using System.Runtime.CompilerServices;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>The users that have live state in Redis, whether the graphs know them or not.</summary>
public static class LiveUsers
{
    private const int KeysPerAnswer = 1000;

    /// <summary>The users' ids; the same one may come twice.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async IAsyncEnumerable<string> IdsAsync(RedisConnection redis, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = redis.Keys.User("");
        var cursor = "0";
        do
        {
            var answer = (RedisResult[])(await redis.Database.ExecuteAsync("SCAN", cursor, "MATCH", $"{prefix}*", "COUNT", KeysPerAnswer).WaitAsync(cancellationToken))!;
            cursor = (string)answer[0]!;
            foreach (var key in (string[])answer[1]!)
                yield return key[prefix.Length..];
        }
        while (cursor != "0");
    }
}
