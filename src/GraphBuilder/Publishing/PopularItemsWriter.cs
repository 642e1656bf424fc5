using System.Diagnostics;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Keeps the list of popular items: those with the most distinct users. A GraphBuilder that has all partitions makes it from its own state. Several of them
/// keep the counts of their shards in Redis, absolute ones, so that it does not matter who wrote them or how often; the one that publishes adds them up.
/// </summary>
internal sealed class PopularItemsWriter(RedisConnection redis, IOptions<GraphBuilderOptions> options)
{
    private const int ItemsPerCommand = 1000;

    // Adding up takes Redis's only thread: at most a twentieth of its time.
    private const int DefaultRest = 20;

    private byte[] _popular = [];
    private long _version = -1;
    private long _restUntil;

    /// <summary>After adding up, how many times as long as that took nothing is added up.</summary>
    internal int RestPerSum { get; init; } = DefaultRest;

    /// <summary>Writes what has changed, and what Redis has lost.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="partitions">Partitions of the interactions topic.</param>
    /// <param name="publishes">Whether the list is this process's to write.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RedisException">Redis can't be reached; it is written with the next call.</exception>
    /// <exception cref="TimeoutException">Redis does not answer; it is written with the next call.</exception>
    public async Task WriteAsync(GraphState state, int partitions, bool publishes, CancellationToken cancellationToken)
    {
        if (!publishes || (_popular.Length > 0 && await redis.Database.StringLengthAsync(redis.Keys.Popular).WaitAsync(cancellationToken) != _popular.Length))
            Forget();
        if (publishes && state.Shards.Count == partitions)
        {
            await StopCountingAsync(state, cancellationToken);
            if (state.Version != _version)
                await WriteListAsync(PopularItemsOf(state, options.Value.PopularItems), cancellationToken);
            _version = state.Version;
            return;
        }
        _version = -1;
        foreach (var shard in state.Shards)
            await WriteCountsAsync(state, shard, cancellationToken);
        if (publishes && Environment.TickCount64 >= _restUntil)
            await WriteListAsync(await AddUpAsync(state, partitions, cancellationToken), cancellationToken);
    }

    /// <summary>Redis may have lost what was written.</summary>
    public void Forget() => (_popular, _version) = ([], -1);

    /// <summary>The available items with the most distinct users; ties go by the ids' stable hash.</summary>
    internal static PopularItems PopularItemsOf(GraphState state, int most)
    {
        var items = BestItems.Of(
            state.ItemIds.Count, most, item => state.UsersOf(item) > 0 && !state.Item(item).Hidden,
            (a, b) => state.UsersOf(a) != state.UsersOf(b) ? state.UsersOf(a).CompareTo(state.UsersOf(b)) : state.Precedes(b, a) ? -1 : 1);
        return PopularItemsCodec.Describe(items.Select(i => (state.ItemIds[i]!, state.UsersOf(i))));
    }

    private async Task WriteListAsync(PopularItems list, CancellationToken cancellationToken)
    {
        var popular = list.ToByteArray();
        if (!popular.AsSpan().SequenceEqual(_popular))
            await redis.Database.StringSetAsync(redis.Keys.Popular, popular).WaitAsync(cancellationToken);
        _popular = popular;
    }

    private async Task StopCountingAsync(GraphState state, CancellationToken cancellationToken)
    {
        foreach (var shard in state.Shards.Where(s => s.Counts is not null))
        {
            await redis.Database.KeyDeleteAsync(redis.Keys.ItemCounts(shard.Partition)).WaitAsync(cancellationToken);
            shard.StopCounting();
        }
    }

    private async Task WriteCountsAsync(GraphState state, UserShard shard, CancellationToken cancellationToken)
    {
        var key = redis.Keys.ItemCounts(shard.Partition);
        var isNew = shard.Counts is null;
        shard.StartCounting();
        var counts = shard.Counts!;
        if (!isNew && counts.Changed.Count == 0)
            return;
        try
        {
            var commands = new CommandWindow();
            // What somebody else has left there may be too much.
            var target = isNew ? $"{key}:next" : key;
            if (isNew)
                await commands.AddAsync(redis.Database.KeyDeleteAsync(target), cancellationToken);
            foreach (var items in counts.Changed.Chunk(ItemsPerCommand))
            {
                var counted = items.Where(i => counts[i] > 0).Select(i => new SortedSetEntry(state.ItemIds.Utf8(i), counts[i])).ToArray();
                var gone = items.Where(i => counts[i] == 0).Select(i => (RedisValue)state.ItemIds.Utf8(i)).ToArray();
                if (counted.Length > 0)
                    await commands.AddAsync(redis.Database.SortedSetAddAsync(target, counted), cancellationToken);
                if (gone.Length > 0 && !isNew)
                    await commands.AddAsync(redis.Database.SortedSetRemoveAsync(target, gone), cancellationToken);
            }
            await commands.DrainAsync(cancellationToken);
            if (isNew && counts.Changed.Count > 0)
                await redis.Database.KeyRenameAsync(target, key).WaitAsync(cancellationToken);
            else if (isNew)
                await redis.Database.KeyDeleteAsync(key).WaitAsync(cancellationToken);
            counts.Changed.Clear();
        }
        catch when (isNew)
        {
            shard.StopCounting();
            throw;
        }
    }

    private async Task<PopularItems> AddUpAsync(GraphState state, int partitions, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        RedisKey sum = redis.Keys.ItemCountsSum;
        var shards = Enumerable.Range(0, partitions).Select(p => (RedisKey)redis.Keys.ItemCounts(p)).ToArray();
        await redis.Database.SortedSetCombineAndStoreAsync(SetOperation.Union, sum, shards).WaitAsync(cancellationToken);
        // With as many more as may be hidden; and all that are as good as the last, since ties go by hash.
        var most = options.Value.PopularItems;
        var last = most + state.HiddenItems - 1;
        var best = await redis.Database.SortedSetRangeByRankWithScoresAsync(sum, 0, last, Order.Descending).WaitAsync(cancellationToken);
        var available = best.Where(IsAvailable).ToList();
        if (available.Count >= most)
        {
            var least = available[most - 1].Score;
            var ties = await redis.Database.SortedSetRangeByScoreWithScoresAsync(sum, least, least).WaitAsync(cancellationToken);
            available = [.. available.Where(e => e.Score > least), .. ties.Where(IsAvailable)];
        }
        _restUntil = Environment.TickCount64 + (long)(Stopwatch.GetElapsedTime(started).TotalMilliseconds * RestPerSum);
        return PopularItemsCodec.Describe(available
            .Select(e => (Id: e.Element.ToString(), Users: (int)e.Score))
            .OrderByDescending(i => i.Users).ThenBy(i => StableHash.Of(i.Id)).ThenBy(i => i.Id, StringComparer.Ordinal)
            .Take(most));

        bool IsAvailable(SortedSetEntry entry) => !(state.ItemIds.TryGet(entry.Element.ToString(), out var item) && state.Item(item).Hidden);
    }
}
