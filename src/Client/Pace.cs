using System.Diagnostics;

namespace Rearm.Streaming.Client;

/// <summary>Holds a sender to a rate; null is no limit.</summary>
/// <param name="rate">Events per second.</param>
internal sealed class Pace(double? rate)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _events;

    /// <summary>Waits until the next <paramref name="events"/> are due.</summary>
    public Task WaitAsync(int events, CancellationToken cancellationToken)
    {
        if (rate is not { } perSecond)
            return Task.CompletedTask;
        var due = TimeSpan.FromSeconds(_events / perSecond) - Stopwatch.GetElapsedTime(_start);
        _events += events;
        return due > TimeSpan.Zero ? Task.Delay(due, cancellationToken) : Task.CompletedTask;
    }
}
