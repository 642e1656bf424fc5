using Microsoft.Extensions.Logging;

namespace Rearm.Streaming.ServiceDefaults.Progress;

/// <summary>
/// Logs how far long work has come: a line every ten seconds from the work's first step to <see cref="Dispose"/>, so none if it is quick, and also if it is
/// stuck.
/// </summary>
public sealed partial class ProgressLog : IDisposable
{
    /// <summary>From line to line.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile Pace? _current;

    /// <summary>Nothing is logged before <see cref="Begin"/>.</summary>
    /// <param name="logger">Gets the lines, at Information.</param>
    /// <param name="time">The clock.</param>
    public ProgressLog(ILogger logger, TimeProvider time)
    {
        (_logger, _time) = (logger, time);
        _timer = time.CreateTimer(_ => Tell(), null, Interval, Interval);
    }

    /// <summary>The work goes on to its next step, which the lines tell of from now on.</summary>
    /// <param name="what">The step.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="total">How many there are; 0: that is not known.</param>
    public IProgress<long> Begin(string what, string unit, long total) => _current = new(_time, what, unit, total);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        if (_current is not { } pace)
            return;
        if (pace.Left is { } left)
            LogRate(pace.What, pace.Done, pace.Total, pace.Unit, pace.PerSecond, left.TotalSeconds);
        else if (pace.Total > 0)
            LogNothingYet(pace.What, pace.Done, pace.Total, pace.Unit, pace.Elapsed.TotalSeconds);
        else
            LogElapsed(pace.What, pace.Elapsed.TotalSeconds);
    }

    [LoggerMessage(131, LogLevel.Information, "{Work}: {Done} of {Total} {Unit}, {PerSecond:0.##} a second, about {SecondsLeft:0} s left")]
    private partial void LogRate(string work, long done, long total, string unit, double perSecond, double secondsLeft);

    [LoggerMessage(132, LogLevel.Information, "{Work}: {Done} of {Total} {Unit} after {Seconds:0} s")]
    private partial void LogNothingYet(string work, long done, long total, string unit, double seconds);

    [LoggerMessage(133, LogLevel.Information, "{Work}: {Seconds:0} s so far")]
    private partial void LogElapsed(string work, double seconds);
}
