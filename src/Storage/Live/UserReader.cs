using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>Reads what Redis has of a user, in one round trip: the items touched, as the GraphBuilder keeps them, and the vector in a generation.</summary>
/// <param name="redis">Where it is.</param>
/// <param name="patience">How long a request waits for it.</param>
public sealed class UserReader(RedisConnection redis, RedisPatience patience)
{
    private static readonly Task<RedisValue> NoVector = Task.FromResult(RedisValue.Null);

    /// <summary>What there is; null when Redis does not answer in time. A history that can't be read does not keep the vector from being.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="generation">The number of the generation whose vector is read; null: none is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<UserState?> ReadAsync(string userId, long? generation, CancellationToken cancellationToken) =>
        patience.IsWorthAsking ? await patience.AnswerAsync(AskAsync(userId, generation), cancellationToken) : null;

    private async Task<UserState> AskAsync(string userId, long? generation)
    {
        // Both are sent before either is awaited, and are in one slot, so they travel together.
        var history = redis.Database.HashGetAllAsync(redis.Keys.User(userId));
        var vector = generation is { } number ? redis.Database.StringGetAsync(redis.Keys.UserVector(number, userId)) : NoVector;
        await Task.WhenAll(history, vector);
        try
        {
            var touches = Read(history.Result, out var header);
            return new(touches, vector.Result, header);
        }
        catch (ContractException e)
        {
            return new([], vector.Result, Damage: e);
        }
    }

    private static Touch[] Read(HashEntry[] entries, out HistoryHeader header)
    {
        header = default;
        var headers = 0;
        foreach (var entry in entries)
            if (entry.Name == HistoryCodec.HeaderField)
                (header, headers) = (HistoryHeader.Read((ReadOnlyMemory<byte>)entry.Value), 1);
        var touches = entries.Length == headers ? [] : new Touch[entries.Length - headers];
        var next = 0;
        foreach (var entry in entries)
            if (entry.Name != HistoryCodec.HeaderField)
                touches[next++] = HistoryCodec.Read(entry.Name.ToString(), ((ReadOnlyMemory<byte>)entry.Value).Span);
        Array.Sort(touches, static (a, b) => a.IsNegative != b.IsNegative ? a.IsNegative.CompareTo(b.IsNegative) : b.Time.CompareTo(a.Time));
        OrderTies(touches);
        return touches;
    }

    // What training holds out as the newest of those of the same time goes by the ids' stable hashes, and so does this.
    private static void OrderTies(Span<Touch> touches)
    {
        for (var start = 0; start < touches.Length;)
        {
            var end = start + 1;
            while (end < touches.Length && touches[end].Time == touches[start].Time && touches[end].IsNegative == touches[start].IsNegative)
                end++;
            if (end - start > 1)
                Order(touches[start..end]);
            start = end;
        }

        static void Order(Span<Touch> sameTime)
        {
            var hashes = new ulong[sameTime.Length];
            for (var i = 0; i < hashes.Length; i++)
                hashes[i] = StableHash.Of(sameTime[i].ItemId);
            hashes.AsSpan().Sort(sameTime);
        }
    }
}
