using System.Diagnostics;

namespace Rearm.Streaming.Client;

/// <summary>Holds a sender to a rate; null is no limit.</summary>
/// <param name="rate">Events per second.</param>
internal sealed class Pace(double? rate)
{
    // Timers wait no longer than some weeks, and a TimeSpan has an end too: at a low rate the next event may be due after either.
    private const double LongestWait = 24 * 60 * 60;

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _events;

    /// <summary>Waits until the next <paramref name="events"/> are due.</summary>
    public async Task WaitAsync(int events, CancellationToken cancellationToken)
    {
        if (rate is not { } perSecond)
            return;
        var due = _events / perSecond;
        _events += events;
        while (due - Stopwatch.GetElapsedTime(_start).TotalSeconds is > 0 and var left)
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(left, LongestWait)), cancellationToken);
    }
}
