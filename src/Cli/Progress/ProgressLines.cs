using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.Cli.Progress;

/// <summary>Progress for output that can't be redrawn: a line every few seconds while a step lasts, also if it is stuck.</summary>
internal sealed class ProgressLines : IDisposable
{
    /// <summary>From line to line.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _telling = new();
    private volatile Pace? _current;

    /// <param name="tell">Takes the lines, on any thread.</param>
    /// <param name="time">The clock.</param>
    public ProgressLines(Action<string> tell, TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            _ =>
            {
                lock (_telling)
                    if (_current is { } pace)
                        tell($"{pace.What}: {pace}");
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The work goes on to its next step.</summary>
    public IProgress<long> Begin(string what, string unit, long total)
    {
        // Steps that follow each other are one work: many short ones take long, too.
        if (_current is null)
            _timer.Change(Interval, Interval);
        return _current = new(_time, what, unit, total);
    }

    /// <summary>The step is over, and nothing else that takes long has begun.</summary>
    public void End()
    {
        _current = null;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells no more: a line that is being told is the last, and has been told on return.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_telling)
            _current = null;
    }
}
