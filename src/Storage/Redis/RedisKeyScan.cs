using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>Looks through all keys of a Redis for those that begin with a name. Takes a while in a large one, and blocks nobody meanwhile.</summary>
public static class RedisKeyScan
{
    private const int KeysPerAnswer = 1000;

    /// <summary>The keys; the same one may come twice, and one that comes or goes meanwhile may or may not be among them.</summary>
    /// <param name="redis">Where to look.</param>
    /// <param name="prefix">What they begin with; none of the characters that have a meaning in a pattern.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static async IAsyncEnumerable<string> KeysAsync(RedisConnection redis, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var execute in redis.Servers)
        {
            var cursor = "0";
            do
            {
                var scan = execute("SCAN", [cursor, "MATCH", $"{prefix}*", "COUNT", KeysPerAnswer]);
                var answer = (RedisResult[])(await scan.WaitAsync(cancellationToken))!;
                cursor = (string)answer[0]!;
                foreach (var key in (string[])answer[1]!)
                    yield return key;
            }
            while (cursor != "0");
        }
    }
}
