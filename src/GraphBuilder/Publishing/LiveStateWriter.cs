using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Keeps in Redis what must take effect on the next request: each user's seen items with what was done (HistoryCodec) and the erased users, by whoever has the user's
/// partition; and the hidden items, by the one GraphBuilder that publishes. What is written is the present state, so writing is idempotent.
/// </summary>
internal sealed class LiveStateWriter(RedisConnection redis, TimeProvider time, IOptions<GraphBuilderOptions> options)
{
    private readonly Dictionary<int, (LiveMarker Marker, WithheldUsers Withheld)> _shards = [];

    private readonly HiddenItemsStore _hidden = new(redis);

    private readonly ErasedHistory _erased = new(redis);

    // Items may be hidden that need not be: none was shown while the items were behind.
    private bool _hidesTooMany;

    // Null while nobody knows what Redis has of it; then an epoch begins.
    private HiddenItemsHead? _head;

    // Null while the items are somebody else's to write, who leaves a marker of their own; a new one of ours says as much.
    private LiveMarker? _items;

    /// <summary>Writes what has changed since the last call. Returns when Redis has it.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="withItems">Whether the items are this process's to write; what has changed of them is forgotten otherwise.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisException">Redis can't be reached; the changes are kept for the next call.</exception>
    /// <exception cref="TimeoutException">Redis does not answer; the changes are kept for the next call.</exception>
    public async Task WriteAsync(GraphState state, bool withItems, CancellationToken cancellationToken)
    {
        foreach (var shard in state.Shards)
            if (!shard.Changes.IsEmpty || WithheldOf(shard).Due(shard).Count > 0)
                await WriteAsync(state, shard, cancellationToken);
        if (!withItems)
        {
            (_items, _head, _hidesTooMany) = (null, null, false);
            state.ChangedItems.Clear();
        }
        else if (state.ChangedItems.Count > 0)
        {
            var head = _head ?? await _hidden.BeginAsync(cancellationToken);
            _head = null;
            // One that was available for a while may be hidden again further on in the log.
            var changed = state.ChangedItems.Where(item => !state.ItemsAreBehind || state.Item(item).Hidden);
            _hidesTooMany |= state.ItemsAreBehind;
            foreach (var window in changed.Chunk(HiddenItemsStore.ChangesTogether))
                head = await _hidden.WriteAsync(Array.ConvertAll(window, item => Hidden(state, item)), head, cancellationToken);
            _head = head;
            await ItemsMarker.WriteAsync(cancellationToken);
            state.ChangedItems.Clear();
        }
    }

    /// <summary>Writes everything of a shard, for a Redis that may have lost some of it; repeats erasures.</summary>
    /// <inheritdoc cref="WriteAsync(GraphState, bool, CancellationToken)" path="/exception"/>
    public async Task WriteAllAsync(GraphState state, UserShard shard, CancellationToken cancellationToken)
    {
        var marker = MarkerOf(shard);
        await marker.WriteAsync(cancellationToken);
        await WithheldOf(shard).LookAsync(shard, cancellationToken);
        var commands = new CommandWindow();
        await EraseAgainAsync(commands, shard, cancellationToken);
        var header = Header(state, shard);
        for (var user = 0; user < shard.UserIds.Count; user++)
            await WriteUserAsync(commands, state, shard, header, user, null, cancellationToken);
        await commands.DrainAsync(cancellationToken);
        await marker.WriteAsync(cancellationToken, all: true);
    }

    /// <summary>Writes all that is said about items, for a Redis that may have lost some of it; unhides those that are hidden for no reason.</summary>
    /// <inheritdoc cref="WriteAsync(GraphState, bool, CancellationToken)" path="/exception"/>
    public async Task WriteAllItemsAsync(GraphState state, CancellationToken cancellationToken)
    {
        await ItemsMarker.WriteAsync(cancellationToken);
        _head = null;
        var hidden = Enumerable.Range(0, state.ItemIds.Count).Where(item => state.Item(item).Hidden).Select(item => Hidden(state, item));
        foreach (var window in hidden.Chunk(HiddenItemsStore.ChangesTogether))
            await _hidden.WriteAsync(window, cancellationToken);
        _hidesTooMany = true;
        if (!state.ItemsAreBehind)
            await UnhideWithoutReasonAsync(state, cancellationToken);
        _head = await _hidden.BeginAsync(cancellationToken);
        await ItemsMarker.WriteAsync(cancellationToken, all: true);
    }

    /// <summary>Unhides items that are hidden for no reason, if that had to wait because the items were behind and they no longer are.</summary>
    /// <inheritdoc cref="WriteAsync(GraphState, bool, CancellationToken)" path="/exception"/>
    public async Task UnhideAsync(GraphState state, CancellationToken cancellationToken)
    {
        if (!_hidesTooMany || state.ItemsAreBehind)
            return;
        _head = null;
        await UnhideWithoutReasonAsync(state, cancellationToken);
        _head = await _hidden.BeginAsync(cancellationToken);
        await ItemsMarker.WriteAsync(cancellationToken);
    }

    /// <summary>
    /// May Redis lack some of what was written of a shard, or hold what somebody else has written? It does after it came back empty or from an older copy, or
    /// when a process that has lost the partition did not know yet; and until <see cref="WriteAllAsync"/> has succeeded once, nobody knows what it holds.
    /// </summary>
    /// <inheritdoc cref="WriteAsync(GraphState, bool, CancellationToken)" path="/exception"/>
    public async Task<bool> IsBehindAsync(UserShard shard, CancellationToken cancellationToken)
    {
        var marker = MarkerOf(shard);
        await marker.WriteAsync(cancellationToken);
        return marker.IsBehind;
    }

    /// <summary>The same of what is said about items.</summary>
    /// <inheritdoc cref="WriteAsync(GraphState, bool, CancellationToken)" path="/exception"/>
    public async Task<bool> IsBehindOnItemsAsync(CancellationToken cancellationToken)
    {
        await ItemsMarker.WriteAsync(cancellationToken);
        return ItemsMarker.IsBehind;
    }

    /// <summary>The partition is somebody else's to write: should it come back, nobody knows what Redis holds.</summary>
    public void Forget(int partition) => _shards.Remove(partition);

    private async Task WriteAsync(GraphState state, UserShard shard, CancellationToken cancellationToken)
    {
        var (changes, withheld) = (shard.Changes, WithheldOf(shard));
        await withheld.LookAsync(shard, cancellationToken);
        var commands = new CommandWindow();
        foreach (var user in changes.Erasures)
        {
            await commands.AddAsync(redis.Database.KeyDeleteAsync(redis.Keys.User(user)), cancellationToken);
            await commands.AddAsync(MarkErasedAsync(StableHash.Of(user), When.Always), cancellationToken);
            withheld.Release(user);
        }
        changes.Pairs.Sort();
        var header = Header(state, shard);
        for (var i = 0; i < changes.Pairs.Count;)
        {
            var end = i + 1;
            while (end < changes.Pairs.Count && changes.Pairs[end].User == changes.Pairs[i].User)
                end++;
            await WriteUserAsync(commands, state, shard, header, changes.Pairs[i].User, changes.Pairs[i..end].ConvertAll(p => p.Item), cancellationToken);
            i = end;
        }
        foreach (var id in withheld.Due(shard))
            if (shard.UserIds.TryGet(id, out var user))
                await WriteUserAsync(commands, state, shard, header, user, null, cancellationToken);
        await commands.DrainAsync(cancellationToken);
        await MarkerOf(shard).WriteAsync(cancellationToken);
        changes.Clear();
        withheld.Written(shard);
    }

    private LiveMarker ItemsMarker => _items ??= new(redis, redis.Keys.LiveMarker);

    private LiveMarker MarkerOf(UserShard shard) => Of(shard).Marker;

    private WithheldUsers WithheldOf(UserShard shard) => Of(shard).Withheld;

    private (LiveMarker Marker, WithheldUsers Withheld) Of(UserShard shard)
    {
        if (!_shards.TryGetValue(shard.Partition, out var found))
            _shards.Add(shard.Partition, found = (new(redis, redis.Keys.ShardMarker(shard.Partition)), new(new(redis))));
        return found;
    }

    private static HashEntry Header(GraphState state, UserShard shard) =>
        new(HistoryCodec.HeaderField, HistoryHeader.Write(shard.Partition, state.TypeNames));

    /// <summary>Writes pairs of a user, or all of them.</summary>
    private async Task WriteUserAsync(
        CommandWindow commands, GraphState state, UserShard shard, HashEntry header, int user, List<int>? items, CancellationToken cancellationToken)
    {
        if (shard.UserIds[user] is not { } id || WithheldOf(shard).Withholds(shard, id))
            return;
        var key = redis.Keys.User(id);
        var most = options.Value.MaxSeenPerUser;
        var history = items is null ? SeenItems.All(state, shard, user, most) : SeenItems.Changed(state, shard, user, most, items);
        if (items is null && shard.ErasedUntil(user) is > 0 and var erased)
            await _erased.RemoveAsync(commands, id, erased, cancellationToken);
        // Without items there is no history.
        if (history.Removed.Count > 0 && history.Kept.Count == 0 && SeenItems.Count(shard, user, most) == 0)
            history.Removed.Add(HistoryCodec.HeaderField);
        if (history.Removed.Count > 0)
            await commands.AddAsync(redis.Database.HashDeleteAsync(key, [.. history.Removed]), cancellationToken);
        if (history.Kept.Count > 0)
            await commands.AddAsync(redis.Database.HashSetAsync(key, [header, .. history.Kept]), cancellationToken);
    }

    /// <summary>An older copy brings erased users back. The shard knows only the hashes of their ids, so all ids are scanned.</summary>
    private async Task EraseAgainAsync(CommandWindow commands, UserShard shard, CancellationToken cancellationToken)
    {
        foreach (var user in shard.Erasures.Keys)
            await commands.AddAsync(MarkErasedAsync(user, When.NotExists), cancellationToken);
        if (shard.Erasures.Count == 0)
            return;
        await foreach (var user in LiveUsers.IdsAsync(redis, cancellationToken))
            if (!shard.UserIds.TryGet(user, out _) && shard.Erasures.TryGetValue(StableHash.Of(user), out var erased))
                await _erased.RemoveAsync(commands, user, erased, cancellationToken);
    }

    // An epoch is to begin afterwards.
    private async Task UnhideWithoutReasonAsync(GraphState state, CancellationToken cancellationToken)
    {
        foreach (var window in (await HiddenWithoutReasonAsync(state, cancellationToken)).Chunk(HiddenItemsStore.ChangesTogether))
            await _hidden.WriteAsync(window, cancellationToken);
        _hidesTooMany = false;
    }

    private async Task<List<HiddenItem>> HiddenWithoutReasonAsync(GraphState state, CancellationToken cancellationToken)
    {
        // A state without items, at the start of a rebuild, says nothing about which are hidden.
        if (state.ItemIds.Count == 0)
            return [];
        var without = new List<HiddenItem>();
        await foreach (var id in _hidden.ReadAllAsync(cancellationToken))
            if (!(state.ItemIds.TryGet(id, out var item) && state.Item(item).Hidden))
                without.Add(new(id, IsHidden: false));
        return without;
    }

    // Scored by this process's clock, as is the time at which a snapshot is cut: which came first is certain.
    private Task MarkErasedAsync(ulong userHash, When when) =>
        redis.Database.SortedSetAddAsync(redis.Keys.ErasedUsers, RedisKeys.UserHash(userHash), time.GetUtcNow().ToUnixTimeMilliseconds(), when);

    private static HiddenItem Hidden(GraphState state, int item) => new(state.ItemIds[item]!, state.Item(item).Hidden);
}
