using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// How fast the log is read, over the last ten to twenty seconds, and how long a backlog lasts: the time left goes by how fast it shrinks, since events come in
/// meanwhile. While there is one (<see cref="GraphBuilderOptions.SnapshotMaxLag"/>) it is logged every ten seconds. Not thread-safe: the worker's.
/// </summary>
internal sealed partial class CatchUp(IOptions<GraphBuilderOptions> options, TimeProvider time, ILogger<CatchUp> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private IReadOnlyList<TopicPartition>? _partitions;
    private (long At, long Read, long Lag) _earlier;
    private (long At, long Read, long Lag) _later;
    private bool _told;

    /// <summary>Records read a second.</summary>
    public double RecordsPerSecond { get; private set; }

    /// <summary>Until the backlog is read; null: there is none, or it does not shrink.</summary>
    public TimeSpan? Left { get; private set; }

    /// <summary>Says where reading is.</summary>
    /// <param name="read">Records read since the start.</param>
    /// <param name="lag">Records to be read.</param>
    /// <param name="partitions">What is read; another list once that has changed.</param>
    public void Report(long read, long lag, IReadOnlyList<TopicPartition> partitions)
    {
        var now = time.GetTimestamp();
        // What others have left to read comes at once, and tells nothing of how fast it is read.
        if (!ReferenceEquals(partitions, _partitions))
            (_partitions, _earlier, _later) = (partitions, (now, read, lag), (now, read, lag));
        var (at, readThen, lagThen) = _earlier;
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        var isBacklog = lag > options.Value.SnapshotMaxLag;
        RecordsPerSecond = seconds > 0 ? (read - readThen) / seconds : 0;
        Left = isBacklog && seconds > 0 && lagThen > lag ? Pace.TimeFor(lag, (lagThen - lag) / seconds) : null;
        if (time.GetElapsedTime(_later.At, now) < Interval)
            return;
        (_earlier, _later) = (_later, (now, read, lag));
        if (isBacklog && Left is { } left)
            LogCatchingUp(lag, RecordsPerSecond, left.TotalSeconds);
        else if (isBacklog)
            LogNotCatchingUp(lag, RecordsPerSecond);
        else if (_told)
            LogCaughtUp(lag);
        _told = isBacklog;
    }

    [LoggerMessage(2081, LogLevel.Information, "Catching up: {Lag} records left, {PerSecond:0} read a second, about {SecondsLeft:0} s left")]
    private partial void LogCatchingUp(long lag, double perSecond, double secondsLeft);

    [LoggerMessage(2082, LogLevel.Information, "Catching up: {Lag} records left, {PerSecond:0} read a second; the backlog does not shrink")]
    private partial void LogNotCatchingUp(long lag, double perSecond);

    [LoggerMessage(2083, LogLevel.Information, "Caught up: {Lag} records left")]
    private partial void LogCaughtUp(long lag);
}
