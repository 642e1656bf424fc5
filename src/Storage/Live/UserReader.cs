using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>Reads what Redis has of a user, in one round trip: the items touched, as the GraphBuilder keeps them, and the vector in a generation.</summary>
/// <remarks>
/// Nobody waits for a Redis that is not there. Once one that is there has been silent for as long as a request may wait, those that follow do not wait for it, until it answers again: else every request would be held
/// up for as long.
/// </remarks>
/// <param name="redis">Where it is.</param>
/// <param name="timeout">How long a request may wait for it.</param>
public sealed class UserReader(RedisConnection redis, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(100);
    private static readonly Task<RedisValue> NoVector = Task.FromResult(RedisValue.Null);

    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _starting = new();
    private volatile Task _untilRedisAnswers = Task.CompletedTask;
    private long _answers;

    /// <summary>What there is; null when Redis does not answer in time.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="generation">The number of the generation whose vector is read; null: none is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<UserState?> ReadAsync(string userId, long? generation, CancellationToken cancellationToken)
    {
        if (!redis.IsConnected || !_untilRedisAnswers.IsCompleted)
            return null;
        var answers = Interlocked.Read(ref _answers);
        try
        {
            // Both are sent before either is awaited, and are in one slot, so they travel together.
            var history = redis.Database.HashGetAllAsync(redis.Keys.User(userId));
            var vector = generation is { } number ? redis.Database.StringGetAsync(redis.Keys.UserVector(number, userId)) : NoVector;
            await Task.WhenAll(history, vector).WaitAsync(timeout, cancellationToken);
            Interlocked.Increment(ref _answers);
            var touches = Read(history.Result, out var header);
            return new(touches, vector.Result, header);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // An error is an answer, and one that is slow while others are answered says nothing about the rest.
            if (e is not RedisServerException && Interlocked.Read(ref _answers) == answers)
                WatchForAnAnswer();
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private void WatchForAnAnswer()
    {
        lock (_starting)
            if (_untilRedisAnswers.IsCompleted && !_disposed.IsCancellationRequested)
                _untilRedisAnswers = UntilRedisAnswersAsync(_disposed.Token);
    }

    private async Task UntilRedisAnswersAsync(CancellationToken disposed)
    {
        while (!disposed.IsCancellationRequested)
        {
            try
            {
                await redis.Database.PingAsync().WaitAsync(disposed);
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
            {
                await Task.Delay(BetweenProbes, disposed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
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
