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

    /// <summary>The most popular items; null before any event.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public async Task<PopularItems?> ReadPopularAsync(CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.Popular).WaitAsync(cancellationToken);
        return bytes is null ? null : PopularItemsCodec.Read(bytes);
    }
}
