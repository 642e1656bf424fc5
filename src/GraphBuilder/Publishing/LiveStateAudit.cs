using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;
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

    private readonly HiddenItemsStore _hidden = new(redis);
    private readonly Dictionary<int, int> _next = [];
    private long? _evicted;
    private string? _loss;

    /// <summary>
    /// What Redis has lost, in words; null if nothing is found missing. Only when everything has been written. A loss is found once, so it stays until
    /// <see cref="Repaired"/>, however often the repair is cut short.
    /// </summary>
    /// <param name="state">What is known.</param>
    /// <param name="withItems">Whether this process writes the items.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<string?> FindLossAsync(GraphState state, bool withItems, CancellationToken cancellationToken) =>
        _loss ??= await LookAsync(state, withItems, cancellationToken);

    /// <summary>Everything has been written since the loss was found.</summary>
    public void Repaired() => _loss = null;

    private async Task<string?> LookAsync(GraphState state, bool withItems, CancellationToken cancellationToken)
    {
        if (await EvictionsAsync(cancellationToken) is { } evictions)
            return evictions;
        if (withItems && await HiddenItemsAsync(state, cancellationToken) is { } hidden)
            return hidden;
        // Of one that is behind not everything has been written (see WithheldUsers).
        foreach (var shard in state.Shards.Where(shard => !shard.IsBehind))
            if (await UsersAsync(shard, Math.Max(1, UsersPerCall / state.Shards.Count), cancellationToken) is { } users)
                return users;
        return null;
    }

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
        if (found < state.HiddenItems)
            return $"Redis has {found} hidden items instead of {state.HiddenItems}";
        return state.HiddenItems == 0 || await _hidden.ReadHeadAsync(cancellationToken) is not null
            ? null
            : "Redis has lost which changes of hidden items it has";
    }

    private async Task<string?> UsersAsync(UserShard shard, int most, CancellationToken cancellationToken)
    {
        var asked = new List<(int Expected, Task<long> Found)>();
        var next = _next.GetValueOrDefault(shard.Partition);
        for (var n = 0; n < Math.Min(most, shard.UserIds.Count); n++)
        {
            next = next + 1 < shard.UserIds.Count ? next + 1 : 0;
            if (shard.UserIds[next] is { } id)
                asked.Add((SeenItems.Count(shard, next, options.Value.MaxSeenPerUser), redis.Database.HashLengthAsync(redis.Keys.User(id))));
        }
        _next[shard.Partition] = next;
        await Task.WhenAll(asked.Select(a => a.Found)).WaitAsync(cancellationToken);
        foreach (var (expected, found) in asked)
            // Beside the header.
            if (Math.Max(0, found.Result - 1) is var items && items < expected)
                return $"Redis has {items} items of a user instead of {expected}";
        return null;
    }
}
