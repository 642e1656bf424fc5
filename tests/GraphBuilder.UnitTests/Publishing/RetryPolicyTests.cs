using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public class RetryPolicyTests
{
    private readonly RecordedTime _time = new();
    private readonly SnapshotRequests _requests = new();
    private readonly LogEntries _log = new();

    [Fact]
    public async Task ExecuteAsync_TransientErrors_BacksOffExponentiallyUpToFiveSecondsUntilItSucceeds()
    {
        var attempts = 0;
        var run = Policy().ExecuteAsync("write it", _ => ++attempts < 9 ? throw new TimeoutException("No answer.") : Task.CompletedTask, default);

        await AdvanceUntilAsync(run);

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 5000, 5000], _time.Delays.Select(delay => delay.TotalMilliseconds));
    }

    [Fact]
    public async Task ExecuteAsync_TransientErrors_ExplainsOnceThenCountsAttemptsAndSaysWhenItIsOver()
    {
        var attempts = 0;
        var run = Policy().ExecuteAsync("write it", _ => ++attempts < 4 ? throw new TimeoutException("No answer.") : Task.CompletedTask, default);

        await AdvanceUntilAsync(run);

        Assert.Equal(
            [
                "Could not write it: No answer. Retrying; nothing more is read until it succeeds",
                "Could not write it, attempt 2: No answer. Next attempt in 0.2 s",
                "Could not write it, attempt 3: No answer. Next attempt in 0.4 s",
                "Could write it at attempt 4; reading goes on",
            ],
            _log.Messages);
    }

    [Fact]
    public async Task ExecuteAsync_Success_RunsOnceAndSaysNothing()
    {
        var attempts = 0;

        await Policy().ExecuteAsync("write it", _ => Task.FromResult(++attempts), default);

        Assert.Equal(1, attempts);
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public async Task ExecuteAsync_AnythingButATransientError_FailsAtOnce()
    {
        var fatal = new KafkaException(new Error(ErrorCode.Local_Fatal, "fenced", isFatal: true));

        Assert.Same(fatal, await Assert.ThrowsAsync<KafkaException>(() => Policy().ExecuteAsync("write it", _ => throw fatal, default)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Policy().ExecuteAsync("write it", _ => throw new InvalidOperationException(), default));
    }

    [Fact]
    public async Task ExecuteAsync_SomebodyWaitsForASnapshot_IsToldWhyThereIsNone()
    {
        var caller = _requests.RequestAsync(default);
        var down = true;
        var run = Policy().ExecuteAsync("write it", _ => down ? throw new TimeoutException("No answer.") : Task.CompletedTask, default);

        Assert.Equal("No answer.", (await Assert.ThrowsAsync<TimeoutException>(() => caller.WaitAsync(Wait.Patience))).Message);
        down = false;
        await AdvanceUntilAsync(run);
    }

    [Fact]
    public async Task ExecuteAsync_Cancelled_GivesUp()
    {
        using var stop = new CancellationTokenSource();
        var run = Policy().ExecuteAsync("write it", _ => throw new TimeoutException(), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(Wait.Patience));
    }

    private RetryPolicy Policy() => new(_requests, _time, _log);

    private async Task AdvanceUntilAsync(Task run)
    {
        for (var deadline = Environment.TickCount64 + Wait.Patience.TotalMilliseconds; !run.IsCompleted && Environment.TickCount64 < deadline; await Task.Yield())
            _time.Advance(TimeSpan.FromMilliseconds(100));
        await run.WaitAsync(Wait.Patience);
    }

    /// <summary>Remembers how long each delay was asked to be: the clock is moved by another thread than the one that waits, so its readings say nothing.</summary>
    private sealed class RecordedTime : FakeTimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _delays = new();

        public IEnumerable<TimeSpan> Delays => _delays;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _delays.Enqueue(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class LogEntries : ILogger<RetryPolicy>
    {
        private readonly ConcurrentQueue<string> _entries = new();

        public IEnumerable<string> Messages => _entries;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _entries.Enqueue(formatter(state, exception));
    }
}
