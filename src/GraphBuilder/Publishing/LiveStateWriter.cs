using Google.Protobuf;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Keeps in Redis what must take effect on the next request: each user's seen items with their times, the hidden items, the erased users, and the
/// popular items. What is written is the present state, so writing is idempotent.
/// </summary>
internal sealed class LiveStateWriter(RedisConnection redis, TimeProvider time, IOptions<GraphBuilderOptions> options)
{
    private readonly LiveMarker _marker = new(redis);
    private byte[] _popular = [];
    private long _popularVersion = -1;

    /// <summary>Writes what has changed since the last call. Returns when Redis has it.</summary>
    /// <exception cref="RedisException">Redis can't be reached; the changes are kept for the next call.</exception>
    /// <exception cref="TimeoutException">Redis does not answer; the changes are kept for the next call.</exception>
    public async Task WriteAsync(GraphState state, CancellationToken cancellationToken)
    {
        var changes = state.Changes;
        if (changes.IsEmpty)
            return;
        var commands = new CommandWindow();
        foreach (var user in changes.Erasures)
        {
            await commands.AddAsync(redis.Database.KeyDeleteAsync(redis.Keys.User(user)), cancellationToken);
            await commands.AddAsync(MarkErasedAsync(StableHash.Of(user), When.Always), cancellationToken);
        }
        changes.Pairs.Sort();
        for (var i = 0; i < changes.Pairs.Count;)
        {
            var end = i + 1;
            while (end < changes.Pairs.Count && changes.Pairs[end].User == changes.Pairs[i].User)
                end++;
            await WriteUserAsync(commands, state, changes.Pairs[i].User, changes.Pairs[i..end].ConvertAll(p => p.Item), cancellationToken);
            i = end;
        }
        foreach (var item in changes.Items)
            await commands.AddAsync(HideAsync(state, item), cancellationToken);
        await commands.DrainAsync(cancellationToken);
        await _marker.WriteAsync(cancellationToken);
        changes.Clear();
    }

    /// <summary>Writes everything, for a Redis that has lost some of it; repeats erasures, and unhides items that are hidden for no reason.</summary>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public async Task WriteAllAsync(GraphState state, CancellationToken cancellationToken)
    {
        (_popular, _popularVersion) = ([], -1);
        await _marker.WriteAsync(cancellationToken);
        var commands = new CommandWindow();
        await EraseAgainAsync(commands, state, cancellationToken);
        for (var user = 0; user < state.UserIds.Count; user++)
            await WriteUserAsync(commands, state, user, null, cancellationToken);
        for (var item = 0; item < state.ItemIds.Count; item++)
            if (state.Item(item).Hidden)
                await commands.AddAsync(HideAsync(state, item), cancellationToken);
        foreach (var id in await HiddenWithoutReasonAsync(state, cancellationToken))
            await commands.AddAsync(redis.Database.SetRemoveAsync(redis.Keys.HiddenItems, id), cancellationToken);
        await commands.DrainAsync(cancellationToken);
        await _marker.WriteAsync(cancellationToken, all: true);
    }

    /// <summary>
    /// May Redis lack some of what was written? It does after it came back empty or from an older copy; and until <see cref="WriteAllAsync"/> has
    /// succeeded once, nobody knows what it holds.
    /// </summary>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public async Task<bool> IsBehindAsync(CancellationToken cancellationToken)
    {
        await _marker.WriteAsync(cancellationToken);
        return _marker.IsBehind;
    }

    /// <summary>Writes the popular items if they have changed.</summary>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public async Task WritePopularAsync(GraphState state, CancellationToken cancellationToken)
    {
        if (state.Version == _popularVersion)
            return;
        var popular = PopularItemsOf(state, options.Value.PopularItems).ToByteArray();
        if (!popular.AsSpan().SequenceEqual(_popular))
        {
            await redis.Database.StringSetAsync(redis.Keys.Popular, popular).WaitAsync(cancellationToken);
            await _marker.WriteAsync(cancellationToken);
        }
        _popular = popular;
        _popularVersion = state.Version;
    }

    /// <summary>The available items with the most distinct users; ties go by the ids' stable hash.</summary>
    internal static PopularItems PopularItemsOf(GraphState state, int most)
    {
        var weakestFirst = Comparer<int>.Create((a, b) =>
            state.UsersOf(a) != state.UsersOf(b) ? state.UsersOf(a).CompareTo(state.UsersOf(b)) : state.Precedes(b, a) ? -1 : 1);
        var best = new PriorityQueue<int, int>(weakestFirst);
        for (var item = 0; item < state.ItemIds.Count; item++)
            if (state.UsersOf(item) > 0 && !state.Item(item).Hidden)
                if (best.Count < most)
                    best.Enqueue(item, item);
                else
                    best.EnqueueDequeue(item, item);
        var items = new int[best.Count];
        for (var place = items.Length - 1; place >= 0; place--)
            items[place] = best.Dequeue();
        return PopularItemsCodec.Describe(items.Select(i => (state.ItemIds[i]!, state.UsersOf(i))));
    }

    /// <summary>Writes pairs of a user, or all of them.</summary>
    private async Task WriteUserAsync(CommandWindow commands, GraphState state, int user, List<int>? items, CancellationToken cancellationToken)
    {
        if (state.UserIds[user] is not { } id)
            return;
        var key = redis.Keys.User(id);
        var history = SeenItems.Of(state, user, options.Value.MaxSeenPerUser, items);
        // Redis may hold what came before the erasure. Nobody else's key is deleted: for a moment, all that the user has seen would be recommended.
        if (items is null && state.WasErased(user))
            await commands.AddAsync(redis.Database.KeyDeleteAsync(key), cancellationToken);
        if (history.Kept.Count > 0)
            await commands.AddAsync(redis.Database.SortedSetAddAsync(key, [.. history.Kept]), cancellationToken);
        if (history.Retracted.Count > 0)
            await commands.AddAsync(redis.Database.SortedSetRemoveAsync(key, [.. history.Retracted]), cancellationToken);
        if (history.Oldest > 0)
            await commands.AddAsync(redis.Database.SortedSetRemoveRangeByScoreAsync(key, 0, history.Oldest, Exclude.Stop), cancellationToken);
    }

    /// <summary>An older copy brings erased users back. The state knows only the hashes of their ids, so all ids are scanned.</summary>
    private async Task EraseAgainAsync(CommandWindow commands, GraphState state, CancellationToken cancellationToken)
    {
        foreach (var user in state.Erasures.Keys)
            await commands.AddAsync(MarkErasedAsync(user, When.NotExists), cancellationToken);
        if (state.Erasures.Count == 0)
            return;
        await foreach (var user in LiveUsers.IdsAsync(redis, cancellationToken))
            if (!state.UserIds.TryGet(user, out _) && state.Erasures.ContainsKey(StableHash.Of(user)))
                await commands.AddAsync(redis.Database.KeyDeleteAsync(redis.Keys.User(user)), cancellationToken);
    }

    private async Task<IEnumerable<RedisValue>> HiddenWithoutReasonAsync(GraphState state, CancellationToken cancellationToken)
    {
        // A state without items, at the start of a rebuild, says nothing about which are hidden.
        if (state.ItemIds.Count == 0)
            return [];
        var hidden = await redis.Database.SetMembersAsync(redis.Keys.HiddenItems).WaitAsync(cancellationToken);
        return hidden.Where(id => !(state.ItemIds.TryGet(id.ToString(), out var item) && state.Item(item).Hidden));
    }

    // Scored by this process's clock, as is the time at which a snapshot is cut: which came first is certain.
    private Task MarkErasedAsync(ulong userHash, When when) =>
        redis.Database.SortedSetAddAsync(redis.Keys.ErasedUsers, RedisKeys.UserHash(userHash), time.GetUtcNow().ToUnixTimeMilliseconds(), when);

    private Task HideAsync(GraphState state, int item) => state.Item(item).Hidden
        ? redis.Database.SetAddAsync(redis.Keys.HiddenItems, state.ItemIds[item])
        : redis.Database.SetRemoveAsync(redis.Keys.HiddenItems, state.ItemIds[item]);
}
