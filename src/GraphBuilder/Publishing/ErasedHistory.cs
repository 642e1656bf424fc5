using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// What an older copy of Redis brings back of users who were erased. What they have done since stays: a checkpoint may know of the erasure and not yet of that.
/// </summary>
internal sealed class ErasedHistory(RedisConnection redis)
{
    /// <summary>Removes what a user did up to the erasure.</summary>
    /// <param name="commands">Takes what is to be removed.</param>
    /// <param name="user">The user, whom nobody else writes.</param>
    /// <param name="until">The erasure's time, Unix milliseconds.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task RemoveAsync(CommandWindow commands, string user, long until, CancellationToken cancellationToken)
    {
        var key = redis.Keys.User(user);
        var items = (await redis.Database.HashGetAllAsync(key).WaitAsync(cancellationToken)).Where(field => field.Name != HistoryCodec.HeaderField).ToList();
        var before = items.FindAll(item => IsBefore(item, until)).ConvertAll(item => item.Name);
        if (before.Count == items.Count)
            await commands.AddAsync(redis.Database.KeyDeleteAsync(key), cancellationToken);
        else if (before.Count > 0)
            await commands.AddAsync(redis.Database.HashDeleteAsync(key, [.. before]), cancellationToken);
    }

    private static bool IsBefore(HashEntry item, long until)
    {
        try
        {
            return HistoryCodec.Read("", ((byte[]?)item.Value).AsSpan()).Time <= until;
        }
        catch (ContractException)
        {
            // Whatever it is, nobody can say that it came after.
            return true;
        }
    }
}
