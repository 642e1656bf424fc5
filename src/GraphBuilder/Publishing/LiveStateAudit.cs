using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Notices that Redis has lost a part of the live state while it kept the rest: keys evicted for want of memory, or deleted by somebody. Each call
/// looks at the count of evictions, at the number of hidden items and at the next few users. That Redis has more than the state is no loss: so it is while
/// a log is read again from its beginning.
/// </summary>
internal sealed class LiveStateAudit(RedisConnection redis, IOptions<GraphBuilderOptions> options)
{
    private const int UsersPerCall = 256;

    private int _next;
    private long? _evicted;

    /// <summary>What Redis has lost, in words; null if nothing is found missing. Only when everything has been written.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<string?> FindLossAsync(GraphState state, CancellationToken cancellationToken) =>
        await EvictionsAsync(cancellationToken) ?? await HiddenItemsAsync(state, cancellationToken) ?? await UsersAsync(state, cancellationToken);

    private async Task<string?> EvictionsAsync(CancellationToken cancellationToken)
    {
        var evicted = await RedisServerFacts.EvictedKeysAsync(redis, cancellationToken);
        var before = _evicted;
        _evicted = evicted;
        return evicted > before ? $"Redis has evicted {evicted - before} keys; its maxmemory-policy must be noeviction" : null;
    }

    private async Task<string?> HiddenItemsAsync(GraphState state, CancellationToken cancellationToken)
    {
        var found = await redis.Database.SetLengthAsync(redis.Keys.HiddenItems).WaitAsync(cancellationToken);
        return found >= state.HiddenItems ? null : $"Redis has {found} hidden items instead of {state.HiddenItems}";
    }

    private async Task<string?> UsersAsync(GraphState state, CancellationToken cancellationToken)
    {
        var asked = new List<(int User, int Expected, Task<long> Found)>();
        for (var n = 0; n < Math.Min(UsersPerCall, state.UserIds.Count); n++)
        {
            _next = _next + 1 < state.UserIds.Count ? _next + 1 : 0;
            if (state.UserIds[_next] is { } id)
                asked.Add((_next, SeenItems.Of(state, _next, options.Value.MaxSeenPerUser, null).Kept.Count, redis.Database.SortedSetLengthAsync(redis.Keys.User(id))));
        }
        await Task.WhenAll(asked.Select(a => a.Found)).WaitAsync(cancellationToken);
        foreach (var (_, expected, found) in asked)
            if (found.Result < expected)
                return $"Redis has {found.Result} items of a user instead of {expected}";
        return null;
    }
}
