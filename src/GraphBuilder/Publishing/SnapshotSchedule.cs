using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Decides when a snapshot is published, and has that done in the background, one at a time, while reading goes on: when somebody asks; or when
/// enough interactions are new or it is time, provided that the reader is near the log's end, since a snapshot of half a backlog is of no use to
/// anybody and costs all cores.
/// </summary>
internal sealed partial class SnapshotSchedule(
    ISnapshotJob job, SnapshotRequests requests, TimeProvider time, IOptions<GraphBuilderOptions> options, ILogger<SnapshotSchedule> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    // A snapshot that is refused will be refused again soon, and cutting one costs all cores.
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMinutes(5);

    // Well within the time to live of what a publication that was cut short has left.
    private static readonly TimeSpan RetireInterval = TimeSpan.FromMinutes(20);

    private readonly SnapshotLinks _links = new();
    private Running? _running;
    private Task _retiring = Task.CompletedTask;
    private long _retiredAt = time.GetTimestamp();
    private long _startedAt;
    private long _endedAt;
    private TimeSpan _pause;
    private TimeSpan _lastTook;
    private bool _anyPublished;
    private (long Own, long Others)? _publishedVersion;
    private long _publishedInteractions;

    // What others had read of partitions that have changed hands since: nothing new, wherever it is counted now.
    private long _moved;
    private OtherPartitions? _others;

    /// <summary>The newest snapshot; null before the first.</summary>
    public SnapshotInfo? Newest => job.Newest;

    /// <summary>The state's newest event time; null before the first event.</summary>
    public static Google.Protobuf.WellKnownTypes.Timestamp? TimeOf(long eventTime) =>
        eventTime < 0 ? null : Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(eventTime));

    /// <summary>Finds the snapshot that a process before this one published.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await job.ResumeAsync(cancellationToken);
        _anyPublished = job.Newest is not null;
        // It need not show what this process knows.
        Forget();
        _startedAt = _endedAt = time.GetTimestamp();
    }

    /// <summary>What was published may be gone: publish again as soon as it is time.</summary>
    public void Forget()
    {
        _publishedVersion = null;
        // What is being published now may be gone as well.
        if (_running is not null)
            _running = _running with { Version = null };
    }

    /// <summary>The next snapshot will be the first to hold events of these traces.</summary>
    public void LinkTo(IEnumerable<ActivityContext> traces) => _links.Add(traces);

    /// <summary>Another process publishes now: whoever waits is told so.</summary>
    public void Yield() => requests.FailAll(new UnavailableException("Another GraphBuilder publishes now; try again."));

    /// <summary>Publishes no more; whoever still asks is told so.</summary>
    public void Close() => requests.Close();

    /// <summary>Begins to publish if that is due and nothing is being published. Never waits for it.</summary>
    /// <param name="state">What to publish.</param>
    /// <param name="others">The partitions that other GraphBuilders have.</param>
    /// <param name="interactions">Interactions applied since the start.</param>
    /// <param name="next">Offsets that the state reflects.</param>
    /// <param name="lag">Records that are in the log and not read yet.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>True once for each snapshot that has become current since the last call.</returns>
    /// <remarks>Throws what the job that has ended failed with, unless it may succeed later.</remarks>
    public bool Tick(
        GraphState state, OtherPartitions others, long interactions, IReadOnlyDictionary<TopicPartition, long> next, long lag,
        CancellationToken cancellationToken)
    {
        (interactions, lag) = (Count(interactions, others), lag + others.Lag);
        var published = _running is { Work.IsCompleted: true } && End();
        RetireIfDue(cancellationToken);
        if (_running is not null)
            return published;
        var waiting = requests.TakeAll();
        var version = (state.Version, others.Progress);
        var isEmpty = state.ActivePairs == 0 && others.Progress == 0;
        if (waiting.Count == 0 && (isEmpty || version == _publishedVersion || !IsDue(interactions, lag)))
            return published;
        _startedAt = time.GetTimestamp();
        if (isEmpty && others.Partitions.Count == 0)
        {
            Answer(waiting, new PreconditionException("No interaction has been read yet, so there is nothing to publish. Send some to the Ingestor first."));
            return published;
        }
        var input = new SnapshotInput
        {
            State = state.Freeze(),
            Offsets = new Dictionary<TopicPartition, long>(next),
            TakenAt = time.GetUtcNow(),
            Unchanged = version == _publishedVersion && others.Partitions.Count == 0,
            Others = others.Partitions,
            Asked = waiting.Count > 0,
            Caller = waiting.FirstOrDefault()?.Caller ?? default,
            Links = _links.TakeAll(),
        };
        _running = new(AnswerAsync(job.RunAsync(input, cancellationToken), waiting), Newest?.Number, version, interactions);
        return published;
    }

    /// <summary>Waits for what is being published, and tells those who asked for it.</summary>
    public async Task DrainAsync()
    {
        await SettleAsync();
        if (_running is not null)
            End();
    }

    /// <summary>Waits until nothing is being published or retired, whatever comes of it.</summary>
    public async Task SettleAsync()
    {
        await _retiring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_running is not null)
            await ((Task)_running.Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Never jumps when partitions change hands, so that it says how many interactions are new.
    private long Count(long interactions, OtherPartitions others)
    {
        if (_others is { } before && !before.Partitions.SequenceEqual(others.Partitions))
            _moved += others.Progress - before.Progress;
        _others = others;
        return interactions + others.Progress - _moved;
    }

    private void RetireIfDue(CancellationToken cancellationToken)
    {
        if (_retiring.IsFaulted)
            throw new InvalidOperationException($"Retiring snapshots failed: {_retiring.Exception.InnerException?.Message}", _retiring.Exception.InnerException);
        if (!_retiring.IsCompleted || time.GetElapsedTime(_retiredAt) < RetireInterval)
            return;
        _retiredAt = time.GetTimestamp();
        _retiring = job.RetireAsync(cancellationToken);
    }

    private bool IsDue(long interactions, long lag)
    {
        var limits = options.Value;
        var since = time.GetElapsedTime(_startedAt);
        if (since < _pause)
            return false;
        var every = limits.SnapshotEveryInteractions;
        if (!((every > 0 && interactions - _publishedInteractions >= every) || (limits.SnapshotInterval > TimeSpan.Zero && since >= limits.SnapshotInterval)))
            return false;
        // At most half of the time goes into cutting, however large the shop.
        var rest = _anyPublished ? TimeSpan.FromTicks(Math.Max(limits.SnapshotMinInterval.Ticks, _lastTook.Ticks)) : TimeSpan.Zero;
        return time.GetElapsedTime(_endedAt) >= rest && (lag <= limits.SnapshotMaxLag || since >= limits.SnapshotMaxDelay);
    }

    private bool End()
    {
        var ended = _running!;
        _running = null;
        _endedAt = time.GetTimestamp();
        _lastTook = time.GetElapsedTime(_startedAt);
        _pause = TimeSpan.Zero;
        if (ended.Work.IsCompletedSuccessfully)
        {
            _anyPublished = true;
            (_publishedVersion, _publishedInteractions) = (ended.Version, ended.Interactions);
            return ended.Work.Result.Number != ended.Before;
        }
        if (ended.Work.IsCanceled)
            return false;
        var error = ended.Work.Exception!.InnerException!;
        if (error is not (ContractException or PreconditionException) && !RetryPolicy.IsTransient(error))
            throw new InvalidOperationException($"Publishing a snapshot failed: {error.Message}", error);
        LogFailed(error.Message);
        _pause = error is ContractException ? PauseAfterRefusal : PauseAfterFailure;
        return false;
    }

    // At once, not with the next tick: the worker may be waiting for Redis itself.
    private static async Task<SnapshotInfo> AnswerAsync(Task<SnapshotInfo> work, List<SnapshotRequest> waiting)
    {
        try
        {
            var info = await work;
            foreach (var request in waiting)
                request.Answer.TrySetResult(info);
            return info;
        }
        catch (Exception e)
        {
            Answer(waiting, e is OperationCanceledException ? new UnavailableException("The GraphBuilder is stopping; try again once it is back.", e) : e);
            throw;
        }
    }

    private static void Answer(List<SnapshotRequest> waiting, Exception error)
    {
        foreach (var request in waiting)
            request.Answer.TrySetException(error);
    }

    [LoggerMessage(2032, LogLevel.Warning, "Could not publish a snapshot: {Reason} The one before stays current; the next attempt follows")]
    private partial void LogFailed(string reason);

    /// <summary>A snapshot being published.</summary>
    /// <param name="Work">Gives its info.</param>
    /// <param name="Before">The number of the one before.</param>
    /// <param name="Version">The version that it shows, of this process's state and of the others'; null once it may be gone.</param>
    /// <param name="Interactions">Interactions applied by then.</param>
    private sealed record Running(Task<SnapshotInfo> Work, long? Before, (long Own, long Others)? Version, long Interactions);
}
