using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Publishes a snapshot when somebody asks, when enough interactions are new, or when it is time and something is new.</summary>
internal sealed partial class SnapshotSchedule(
    SnapshotPublisher publisher, SnapshotRequests requests, GraphBuilderMetrics metrics, IOptions<GraphBuilderOptions> options,
    ILogger<SnapshotSchedule> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    // A snapshot that is refused will be refused again soon, and cutting one costs all cores.
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMinutes(5);

    private readonly SnapshotLinks _links = new();
    private readonly Stopwatch _sinceAttempt = new();
    private TimeSpan _pause;
    private long _publishedVersion = -1;
    private long _publishedInteractions;

    /// <summary>The newest snapshot; null before the first.</summary>
    public SnapshotInfo? Newest { get; private set; }

    /// <summary>The state's newest event time; null before the first event.</summary>
    public static Google.Protobuf.WellKnownTypes.Timestamp? TimeOf(GraphState state) =>
        state.EventTime < 0 ? null : Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(state.EventTime));

    /// <summary>Finds the snapshot that a process before this one published.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        Newest = await publisher.CurrentAsync(cancellationToken);
        _sinceAttempt.Restart();
    }

    /// <summary>What was published may be gone: publish again as soon as it is time.</summary>
    public void Forget() => _publishedVersion = -1;

    /// <summary>The next snapshot will be the first to hold events of these traces.</summary>
    public void LinkTo(IEnumerable<ActivityContext> traces) => _links.Add(traces);

    /// <summary>Publishes no more; whoever still asks is told so.</summary>
    public void Close() => requests.Close();

    /// <summary>Publishes if it is due.</summary>
    /// <param name="state">What to publish.</param>
    /// <param name="interactions">Interactions applied since the start.</param>
    /// <param name="next">Offsets that the state reflects.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>True if a new snapshot has become current.</returns>
    public async Task<bool> PublishIfDueAsync(
        GraphState state, long interactions, IReadOnlyDictionary<TopicPartition, long> next, CancellationToken cancellationToken)
    {
        var waiting = requests.TakeAll();
        if (waiting.Count == 0 && !IsDue(state, interactions))
            return false;
        _sinceAttempt.Restart();
        _pause = TimeSpan.Zero;
        try
        {
            var before = Newest?.Number;
            Newest = await PublishAsync(state, next, waiting.FirstOrDefault()?.Caller ?? default, cancellationToken);
            (_publishedVersion, _publishedInteractions) = (state.Version, interactions);
            foreach (var request in waiting)
                request.Answer.TrySetResult(Newest);
            return Newest.Number != before;
        }
        catch (Exception e)
        {
            var told = e is OperationCanceledException ? new UnavailableException("The GraphBuilder is stopping; try again once it is back.", e) : e;
            foreach (var request in waiting)
                request.Answer.TrySetException(told);
            if (e is not (PreconditionException or ContractException) && !RetryPolicy.IsTransient(e))
                throw;
            // That there is nothing to publish yet is news to the caller alone.
            if (e is not PreconditionException)
                LogFailed(e.Message);
            _pause = e is ContractException ? PauseAfterRefusal : PauseAfterFailure;
            return false;
        }
    }

    private bool IsDue(GraphState state, long interactions)
    {
        if (state.ActivePairs == 0 || state.Version == _publishedVersion || _sinceAttempt.Elapsed < _pause)
            return false;
        var every = options.Value.SnapshotEveryInteractions;
        var interval = options.Value.SnapshotInterval;
        return (every > 0 && interactions - _publishedInteractions >= every) || (interval > TimeSpan.Zero && _sinceAttempt.Elapsed >= interval);
    }

    private async Task<SnapshotInfo> PublishAsync(
        GraphState state, IReadOnlyDictionary<TopicPartition, long> next, ActivityContext caller, CancellationToken cancellationToken)
    {
        if (state.ActivePairs == 0)
            throw new PreconditionException("No interaction has been read yet; there is nothing to publish.");
        if (state.Version == _publishedVersion && Newest is not null && await publisher.CurrentAsync(Newest.Hash, cancellationToken) is { } same)
            return same;
        using var span = GraphBuilderTracing.Source.StartActivity("publish snapshot", ActivityKind.Internal, caller, links: _links.TakeAll());
        var offsets = next
            .Select(n => new TopicOffset { Topic = n.Key.Topic, Partition = n.Key.Partition.Value, Offset = n.Value })
            .OrderBy(o => o.Topic, StringComparer.Ordinal).ThenBy(o => o.Partition)
            .ToArray();
        var watch = Stopwatch.StartNew();
        // Cutting takes seconds of all cores.
        var snapshot = await Task.Run(() => Cut(state, offsets, cancellationToken), cancellationToken);
        if (span is { Recorded: true, Id: { } id })
            snapshot.Info.Traceparent = id;
        var cut = watch.Elapsed;
        var info = await publisher.PublishAsync(snapshot, cancellationToken);
        metrics.SnapshotPublished(watch.Elapsed);
        span?.SetTag("rearm.snapshot.number", info.Number);
        LogPublished(info.Number, info.Users, info.Items, info.Interactions, cut.TotalSeconds, (watch.Elapsed - cut).TotalSeconds, info.Hash);
        return info;
    }

    private GraphSnapshot Cut(GraphState state, TopicOffset[] offsets, CancellationToken cancellationToken)
    {
        try
        {
            return SnapshotCutter.Cut(state, options.Value.GraphSettings, offsets, cancellationToken);
        }
        catch (OverflowException e)
        {
            throw new ContractException("The snapshot needs an array of more than 2^31 numbers: keep fewer neighbours.", e);
        }
    }

    [LoggerMessage(2031, LogLevel.Information, "Snapshot {Number} is current: {Users} users, {Items} items, {Interactions} interactions; cut in {CutSeconds:0.0} s, published in {PublishSeconds:0.0} s; {Hash}")]
    private partial void LogPublished(long number, long users, long items, long interactions, double cutSeconds, double publishSeconds, string hash);

    [LoggerMessage(2032, LogLevel.Warning, "Could not publish a snapshot: {Reason} The one before stays current; the next attempt follows")]
    private partial void LogFailed(string reason);
}
