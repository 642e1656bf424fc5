using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>Reads the items that a user has touched, as the GraphBuilder keeps them in Redis.</summary>
/// <param name="redis">Where they are.</param>
/// <param name="timeout">How long a request may wait for them.</param>
public sealed class UserHistory(RedisConnection redis, TimeSpan timeout)
{
    /// <summary>The items touched, newest first, those that the user does not want at the end; null when Redis does not answer in time.</summary>
    public async Task<Touch[]?> ReadAsync(string userId, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await redis.Database
                .SortedSetRangeByRankWithScoresAsync(redis.Keys.User(userId), order: Order.Descending)
                .WaitAsync(timeout, cancellationToken);
            return Array.ConvertAll(entries, e => new Touch(e.Element.ToString(), Math.Abs(e.Score), e.Score < 0));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null;
        }
    }
}
