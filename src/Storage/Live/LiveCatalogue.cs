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

    /// <summary>How many users <see cref="ReadErasedUsersAsync"/> would read.</summary>
    public Task<long> CountErasedUsersAsync(long after, CancellationToken cancellationToken) =>
        redis.Database.SortedSetLengthAsync(redis.Keys.ErasedUsers, after, exclude: Exclude.Start).WaitAsync(cancellationToken);

    /// <summary>
    /// The newest erasure, by the GraphBuilder's clock, and how many users are erased: together they tell what has been erased since, as the clocks of those who note
    /// erasures differ. Null if nobody has been erased.
    /// </summary>
    /// <param name="upTo">Those that acted up to this time alone; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(DateTimeOffset Newest, long Count)?> ErasuresAsync(DateTimeOffset? upTo, CancellationToken cancellationToken)
    {
        var stop = upTo?.ToUnixTimeMilliseconds() ?? double.PositiveInfinity;
        var newest = redis.Database.SortedSetRangeByScoreWithScoresAsync(redis.Keys.ErasedUsers, stop: stop, order: Order.Descending, take: 1);
        var count = redis.Database.SortedSetLengthAsync(redis.Keys.ErasedUsers, max: stop);
        await Task.WhenAll(newest, count).WaitAsync(cancellationToken);
        return newest.Result is [var last] ? (At(last.Score), count.Result) : null;
    }

    /// <summary>When a user was last erased, by the GraphBuilder's clock; null if never.</summary>
    public async Task<DateTimeOffset?> ErasedAtAsync(string userId, CancellationToken cancellationToken) =>
        await redis.Database.SortedSetScoreAsync(redis.Keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(userId))).WaitAsync(cancellationToken) is { } score
            ? At(score)
            : null;

    /// <summary>Whether an item must not be recommended now.</summary>
    public Task<bool> IsHiddenAsync(string itemId, CancellationToken cancellationToken) =>
        redis.Database.SetContainsAsync(redis.Keys.HiddenItems, itemId).WaitAsync(cancellationToken);

    /// <summary>How many items a user has touched.</summary>
    public async Task<long> TouchedAsync(string userId, CancellationToken cancellationToken) =>
        Math.Max(0, await redis.Database.HashLengthAsync(redis.Keys.User(userId)).WaitAsync(cancellationToken) - 1);

    /// <summary>The most popular items; null before any event.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public async Task<PopularItems?> ReadPopularAsync(CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.Popular).WaitAsync(cancellationToken);
        return bytes is null ? null : PopularItemsCodec.Read(bytes);
    }

    /// <summary>Whether an item is in the list of popular items or of trending ones.</summary>
    /// <exception cref="ContractException">A list is malformed, or of an unknown version.</exception>
    public async Task<bool> IsListedAsync(string itemId, CancellationToken cancellationToken) =>
        (await ReadPopularAsync(cancellationToken))?.ItemIds.Contains(itemId) == true
        || (await ReadTrendingBytesAsync(cancellationToken) is { } trending && CatalogueCodec.ReadTrending(trending).ItemIds.Contains(itemId));

    /// <summary>The list of trending items as stored; null if there is none.</summary>
    public async Task<byte[]?> ReadTrendingBytesAsync(CancellationToken cancellationToken) =>
        await redis.Database.StringGetAsync(redis.Keys.Trending).WaitAsync(cancellationToken);

    private static DateTimeOffset At(double score) => DateTimeOffset.FromUnixTimeMilliseconds((long)score);
}
