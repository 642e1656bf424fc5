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
/// Keeps in Redis what must take effect on the next request: each user's seen items with their times, the hidden items, and the popular ones. What is
/// written is the present state, so writing is idempotent.
/// </summary>
internal sealed class LiveStateWriter(RedisConnection redis, IOptions<GraphBuilderOptions> options)
{
    private const int CommandsInFlight = 4096;

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
        var commands = new List<Task>();
        foreach (var (user, time) in changes.Erasures)
            await SendAsync(commands, redis.Database.SortedSetRemoveRangeByScoreAsync(redis.Keys.User(user), double.NegativeInfinity, time), cancellationToken);
        foreach (var pairs in changes.Pairs.Distinct().GroupBy(p => p.User))
            if (state.UserIds[pairs.Key] is not null)
                await WriteUserAsync(commands, state, pairs.Key, pairs.Select(p => p.Item), cancellationToken);
        foreach (var item in changes.Items)
            await SendAsync(commands, HideAsync(state, item), cancellationToken);
        await AnswersAsync(commands, cancellationToken);
        await _marker.WriteAsync(cancellationToken);
        changes.Clear();
    }

    /// <summary>Writes everything, for a Redis that has lost some of it; repeats erasures, and unhides items that are hidden for no reason.</summary>
    /// <inheritdoc cref="WriteAsync" path="/exception"/>
    public async Task WriteAllAsync(GraphState state, CancellationToken cancellationToken)
    {
        (_popular, _popularVersion) = ([], -1);
        await _marker.WriteAsync(cancellationToken);
        var commands = new List<Task>();
        await EraseAgainAsync(commands, state, cancellationToken);
        for (var user = 0; user < state.UserIds.Count; user++)
            if (state.UserIds[user] is not null && state.Edges.ItemsOf[user].Count > 0)
                await WriteUserAsync(commands, state, user, state.Edges.ItemsOf[user].Span.ToArray(), cancellationToken);
        for (var item = 0; item < state.ItemIds.Count; item++)
            if (state.Item(item).Hidden)
                await SendAsync(commands, HideAsync(state, item), cancellationToken);
        foreach (var id in await HiddenWithoutReasonAsync(state, cancellationToken))
            await SendAsync(commands, redis.Database.SetRemoveAsync(redis.Keys.HiddenItems, id), cancellationToken);
        await AnswersAsync(commands, cancellationToken);
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
            state.Edges.UsersOf[a].Count != state.Edges.UsersOf[b].Count
                ? state.Edges.UsersOf[a].Count.CompareTo(state.Edges.UsersOf[b].Count)
                : state.ItemIds.Precedes(b, a) ? -1 : 1);
        var best = new PriorityQueue<int, int>(weakestFirst);
        for (var item = 0; item < state.ItemIds.Count; item++)
            if (state.Edges.UsersOf[item].Count > 0 && !state.Item(item).Hidden)
                if (best.Count < most)
                    best.Enqueue(item, item);
                else
                    best.EnqueueDequeue(item, item);
        var items = new int[best.Count];
        for (var place = items.Length - 1; place >= 0; place--)
            items[place] = best.Dequeue();
        return PopularItemsCodec.Describe(items.Select(i => (state.ItemIds[i]!, state.Edges.UsersOf[i].Count)));
    }

    private async Task WriteUserAsync(List<Task> commands, GraphState state, int user, IEnumerable<int> items, CancellationToken cancellationToken)
    {
        var key = redis.Keys.User(state.UserIds[user]!);
        var seen = state.Edges.ItemsOf[user];
        var entries = items
            .Select(item => (Item: item, Place: seen.IndexOf(item)))
            .Where(e => e.Place >= 0)
            .Select(e => new SortedSetEntry(state.ItemIds[e.Item], state.Edges.TouchesOf(user)[e.Place].Time))
            .ToArray();
        if (entries.Length == 0)
            return;
        await SendAsync(commands, redis.Database.SortedSetAddAsync(key, entries), cancellationToken);
        if (seen.Count > options.Value.MaxSeenPerUser)
            await SendAsync(commands, redis.Database.SortedSetRemoveRangeByRankAsync(key, 0, -options.Value.MaxSeenPerUser - 1), cancellationToken);
    }

    /// <summary>An older copy brings erased users back. The state knows only the hashes of their ids, so all ids are scanned.</summary>
    private async Task EraseAgainAsync(List<Task> commands, GraphState state, CancellationToken cancellationToken)
    {
        if (state.Erasures.Count == 0)
            return;
        await foreach (var user in LiveUsers.IdsAsync(redis, cancellationToken))
            if (state.Erasures.TryGetValue(StableHash.Of(user), out var time))
                await SendAsync(commands, redis.Database.SortedSetRemoveRangeByScoreAsync(redis.Keys.User(user), double.NegativeInfinity, time), cancellationToken);
    }

    private async Task<IEnumerable<RedisValue>> HiddenWithoutReasonAsync(GraphState state, CancellationToken cancellationToken)
    {
        // A state without items, at the start of a rebuild, says nothing about which are hidden.
        if (state.ItemIds.Count == 0)
            return [];
        var hidden = await redis.Database.SetMembersAsync(redis.Keys.HiddenItems).WaitAsync(cancellationToken);
        return hidden.Where(id => !(state.ItemIds.TryGet(id.ToString(), out var item) && state.Item(item).Hidden));
    }

    private Task HideAsync(GraphState state, int item) => state.Item(item).Hidden
        ? redis.Database.SetAddAsync(redis.Keys.HiddenItems, state.ItemIds[item])
        : redis.Database.SetRemoveAsync(redis.Keys.HiddenItems, state.ItemIds[item]);

    private static async Task SendAsync(List<Task> commands, Task command, CancellationToken cancellationToken)
    {
        commands.Add(command);
        if (commands.Count == CommandsInFlight)
            await AnswersAsync(commands, cancellationToken);
    }

    private static async Task AnswersAsync(List<Task> commands, CancellationToken cancellationToken)
    {
        await Task.WhenAll(commands).WaitAsync(cancellationToken);
        commands.Clear();
    }
}
