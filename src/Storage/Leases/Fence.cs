using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Leases;

/// <summary>
/// Keys that only the newest holder of a lease may write. Beside each is the greatest token that has claimed it, and a write with a lesser one changes
/// nothing: a holder that was paused until its lease had gone to another can't undo what that one has done. The check and the write are one transaction
/// (WATCH, MULTI), so that no server needs scripts enabled; in Redis Cluster both keys are in the same slot.
/// </summary>
public static class Fence
{
    /// <summary>The token of writers without a lease: they may write what no holder of a lease has claimed.</summary>
    public const long NoToken = 0;

    /// <summary>Claims a key: whoever has a lesser token may no longer write it.</summary>
    /// <returns>False if a greater token has claimed it already.</returns>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public static Task<bool> ClaimAsync(RedisConnection redis, string key, long token, CancellationToken cancellationToken) =>
        WriteAsync(redis, key, token, _ => { }, cancellationToken);

    /// <summary>Sets a key, unless a greater token has claimed it.</summary>
    /// <returns>False if one has; nothing is changed then.</returns>
    /// <inheritdoc cref="ClaimAsync" path="/exception"/>
    public static Task<bool> SetAsync(RedisConnection redis, string key, RedisValue value, long token, CancellationToken cancellationToken) =>
        WriteAsync(redis, key, token, transaction => _ = transaction.StringSetAsync(key, value), cancellationToken);

    /// <summary>Sends commands in one transaction, unless a greater token has claimed the key.</summary>
    /// <param name="redis">Where the key is.</param>
    /// <param name="key">What they write. In Redis Cluster they can write other keys only if these are in the same slot.</param>
    /// <param name="token">The caller's.</param>
    /// <param name="write">
    /// Queues the commands; called again if another token comes in between. What they answer is there when the transaction has been carried out; they are
    /// cancelled if it has not.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>False if a greater token has claimed the key; nothing is changed then.</returns>
    /// <inheritdoc cref="ClaimAsync" path="/exception"/>
    public static async Task<bool> WriteAsync(RedisConnection redis, string key, long token, Action<ITransaction> write, CancellationToken cancellationToken)
    {
        var fence = redis.Keys.Fence(key);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = await redis.Database.StringGetAsync(fence).WaitAsync(cancellationToken);
            if ((long?)found > token)
                return false;
            var transaction = redis.Database.CreateTransaction();
            transaction.AddCondition(found.IsNull ? Condition.KeyNotExists(fence) : Condition.StringEqual(fence, found));
            if (token != NoToken)
                _ = transaction.StringSetAsync(fence, token);
            write(transaction);
            // Another token came in between: look again.
            if (await transaction.ExecuteAsync().WaitAsync(cancellationToken))
                return true;
        }
    }

    /// <summary>Whether a greater token has claimed the key.</summary>
    /// <inheritdoc cref="ClaimAsync" path="/exception"/>
    public static async Task<bool> IsPassedAsync(RedisConnection redis, string key, long token, CancellationToken cancellationToken) =>
        (long?)await redis.Database.StringGetAsync(redis.Keys.Fence(key)).WaitAsync(cancellationToken) > token;
}
