using Microsoft.Extensions.Options;
using Rearm.Streaming.Hosting.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Live;

/// <summary>An item the user touched, and when last (Unix milliseconds).</summary>
internal readonly record struct Touch(string ItemId, double Time);

/// <summary>Reads what a user has touched so far, as the GraphBuilder keeps it in Redis.</summary>
internal sealed class UserHistory(RedisConnection redis, IOptions<ServerOptions> options)
{
    /// <summary>All items the user has touched, newest first; null when Redis does not answer in time.</summary>
    public async Task<Touch[]?> ReadAsync(string userId, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await redis.Database
                .SortedSetRangeByRankWithScoresAsync(redis.Keys.User(userId), order: Order.Descending)
                .WaitAsync(options.Value.HistoryTimeout, cancellationToken);
            return Array.ConvertAll(entries, e => new Touch(e.Element.ToString(), e.Score));
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null;
        }
    }
}
