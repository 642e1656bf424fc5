using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// Reads what the GraphBuilder keeps current between generations. Reads throw <see cref="RedisException"/> or
/// <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where it is.</param>
public sealed class LiveCatalogue(RedisConnection redis)
{
    /// <summary>The items that must not be recommended now.</summary>
    public async Task<HashSet<string>> ReadHiddenAsync(CancellationToken cancellationToken)
    {
        var members = await redis.Database.SetMembersAsync(redis.Keys.HiddenItems).WaitAsync(cancellationToken);
        return [.. members.Select(m => m.ToString())];
    }

    /// <summary>Does Redis hold live state at all? Without, the hidden items say nothing.</summary>
    public Task<bool> IsWrittenAsync(CancellationToken cancellationToken) => redis.Database.KeyExistsAsync(redis.Keys.LiveMarker).WaitAsync(cancellationToken);

    /// <summary>Hashes of the ids of users that were erased after a time (<see cref="RedisKeys.UserHash"/>).</summary>
    /// <param name="after">Unix milliseconds, by the GraphBuilder's clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<HashSet<string>> ReadErasedUsersAsync(long after, CancellationToken cancellationToken)
    {
        var members = await redis.Database.SortedSetRangeByScoreAsync(redis.Keys.ErasedUsers, after, exclude: Exclude.Start).WaitAsync(cancellationToken);
        return [.. members.Select(m => m.ToString())];
    }

    /// <summary>The most popular items; null before any event.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public async Task<PopularItems?> ReadPopularAsync(CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.Popular).WaitAsync(cancellationToken);
        return bytes is null ? null : PopularItemsCodec.Read(bytes);
    }
}
