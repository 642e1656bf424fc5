using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// Writes checkpoints in the background, one at a time, while reading goes on: after the configured interval if records have been read, and twice
/// after an erasure even if none have, so that neither of the two folders keeps the user.
/// </summary>
internal sealed partial class CheckpointSchedule(
    CheckpointStore store, GraphBuilderMetrics metrics, TimeProvider time, IOptions<GraphBuilderOptions> options, ILogger<CheckpointSchedule> logger)
{
    private Running? _running;
    private long _endedAt = time.GetTimestamp();
    private TimeSpan _lastTook;
    private long _recordsWritten;
    private int _erasures;
    private int _erasuresInBoth;
    private int _erasuresWritten;
    private bool _soon;

    /// <summary>When the newest checkpoint was written; null before the first of this process.</summary>
    public DateTimeOffset? WrittenAt { get; private set; }

    /// <summary>Why the last attempt failed; null if it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Writes the next one without waiting for the interval.</summary>
    public void Soon() => _soon = true;

    /// <summary>A user has been erased: the checkpoints before have to go.</summary>
    public void Erased() => _erasures++;

    /// <summary>Begins a checkpoint if one is due and none is being written. Never waits for it.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="recordsRead">Records read since the start; offsets move on even where the state stays.</param>
    /// <param name="next">Offsets that the state reflects.</param>
    /// <returns>The offsets of a checkpoint that has been completed since the last call, or null.</returns>
    public IReadOnlyDictionary<TopicPartition, long>? Tick(GraphState state, long recordsRead, IReadOnlyDictionary<TopicPartition, long> next)
    {
        var written = _running is { Work.IsCompleted: true } ? End() : null;
        if (_running is null && IsDue(recordsRead))
            Begin(state, recordsRead, next);
        return written;
    }

    /// <summary>Writes the last checkpoint, if anything was read since the one before.</summary>
    /// <returns>Its offsets, or null.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, long>?> DrainAsync(GraphState state, long recordsRead, IReadOnlyDictionary<TopicPartition, long> next)
    {
        var written = await EndAsync();
        if (_recordsWritten == recordsRead && _erasuresInBoth == _erasures)
            return written;
        Begin(state, recordsRead, next);
        return await EndAsync() ?? written;
    }

    /// <summary>Waits until nothing is being written, whatever comes of it.</summary>
    public async Task SettleAsync()
    {
        if (_running is not null)
            await ((Task)_running.Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsDue(long recordsRead)
    {
        if (_recordsWritten == recordsRead && _erasuresInBoth == _erasures)
            return false;
        // Ten times as long as the last one took, so that a slow disk is not busy with nothing else.
        return _soon || time.GetElapsedTime(_endedAt) >= TimeSpan.FromTicks(Math.Max(options.Value.CheckpointInterval.Ticks, _lastTook.Ticks * 10));
    }

    private void Begin(GraphState state, long recordsRead, IReadOnlyDictionary<TopicPartition, long> next)
    {
        var offsets = new Dictionary<TopicPartition, long>(next);
        var frozen = state.Freeze();
        _soon = false;
        _running = new(Task.Run(() => store.Save(frozen, offsets)), offsets, recordsRead, _erasures, time.GetTimestamp());
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>?> EndAsync()
    {
        await SettleAsync();
        return _running is null ? null : End();
    }

    private Dictionary<TopicPartition, long>? End()
    {
        var ended = _running!;
        _running = null;
        _endedAt = time.GetTimestamp();
        _lastTook = time.GetElapsedTime(ended.StartedAt);
        if (ended.Work.Exception?.InnerException is { } error)
        {
            if (error is not (IOException or UnauthorizedAccessException))
                throw new InvalidOperationException($"Writing a checkpoint failed: {error.Message}", error);
            Problem = $"The checkpoint could not be written: {error.Message}";
            LogFailed(error.Message);
            return null;
        }
        metrics.CheckpointWritten(_lastTook, ended.Work.Result);
        LogWritten(ended.Work.Result, _lastTook.TotalSeconds);
        (Problem, WrittenAt, _recordsWritten) = (null, time.GetUtcNow(), ended.Records);
        (_erasuresInBoth, _erasuresWritten) = (_erasuresWritten, ended.Erasures);
        return ended.Offsets;
    }

    [LoggerMessage(2025, LogLevel.Debug, "Wrote a checkpoint: {Bytes} bytes that had changed, in {Seconds} s")]
    private partial void LogWritten(long bytes, double seconds);

    [LoggerMessage(2004, LogLevel.Error, "Could not write a checkpoint: {Reason} The one before stands; trying again. A restart would read again all that came since")]
    private partial void LogFailed(string reason);

    /// <summary>A checkpoint being written.</summary>
    /// <param name="Work">Gives the bytes written.</param>
    /// <param name="Offsets">Offsets that it reflects.</param>
    /// <param name="Records">Records read by then.</param>
    /// <param name="Erasures">Erasures read by then.</param>
    /// <param name="StartedAt">Timestamp of its begin.</param>
    private sealed record Running(Task<long> Work, Dictionary<TopicPartition, long> Offsets, long Records, int Erasures, long StartedAt);
}
