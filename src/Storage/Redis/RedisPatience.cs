using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>How long requests wait for what they ask Redis.</summary>
/// <remarks>
/// Nobody waits for a Redis that is not there. Once one that is there has been silent for as long as a request may wait, those that follow do not wait for it, until
/// it answers again: else every request would be held up for as long.
/// </remarks>
/// <param name="redis">Where it is.</param>
/// <param name="timeout">How long a request may wait for it.</param>
public sealed class RedisPatience(RedisConnection redis, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _starting = new();
    private volatile Task _untilRedisAnswers = Task.CompletedTask;
    private long _answers;

    /// <summary>Whether there is any point in asking it now.</summary>
    public bool IsWorthAsking => redis.IsConnected && _untilRedisAnswers.IsCompleted;

    /// <summary>The answer; null when Redis does not answer in time, or answers with an error.</summary>
    /// <param name="asked">What is being asked.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<T?> AnswerAsync<T>(Task<T> asked, CancellationToken cancellationToken)
        where T : class
    {
        var answers = Interlocked.Read(ref _answers);
        try
        {
            var answer = await asked.WaitAsync(timeout, cancellationToken);
            Interlocked.Increment(ref _answers);
            return answer;
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
}
