using System.Diagnostics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Cuts a snapshot from a frozen state and publishes it.</summary>
internal sealed partial class SnapshotJob(
    SnapshotPublisher publisher, GraphBuilderMetrics metrics, IOptions<GraphBuilderOptions> options, ILogger<SnapshotJob> logger) : ISnapshotJob
{
    private volatile SnapshotInfo? _newest;

    /// <inheritdoc/>
    public SnapshotInfo? Newest => _newest;

    /// <inheritdoc/>
    public async Task ResumeAsync(CancellationToken cancellationToken) => _newest = await publisher.CurrentAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SnapshotInfo> RunAsync(
        FrozenState state, bool unchanged, DateTimeOffset takenAt, TopicOffset[] offsets, ActivityContext caller, ActivityLink[] links, CancellationToken cancellationToken) =>
        // Cutting takes seconds of all cores: not on the thread that reads.
        Task.Run(() => PublishAsync(state, unchanged, takenAt, offsets, caller, links, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task RetireAsync(CancellationToken cancellationToken)
    {
        try
        {
            await publisher.RetireAsync(cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsTransient(e) || e is ContractException)
        {
            LogNotRetired(e.Message);
        }
    }

    private async Task<SnapshotInfo> PublishAsync(
        FrozenState state, bool unchanged, DateTimeOffset takenAt, TopicOffset[] offsets, ActivityContext caller, ActivityLink[] links, CancellationToken cancellationToken)
    {
        if (unchanged && _newest is { } newest && await publisher.CurrentAsync(newest.Hash, cancellationToken) is { } same)
            return same;
        using var span = GraphBuilderTracing.Source.StartActivity("publish snapshot", ActivityKind.Internal, caller, links: links);
        var watch = Stopwatch.StartNew();
        var snapshot = Cut(state, offsets, cancellationToken);
        snapshot.Info.CutAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(takenAt);
        if (span is { Recorded: true, Id: { } id })
            snapshot.Info.Traceparent = id;
        var cut = watch.Elapsed;
        var info = await publisher.PublishAsync(snapshot, cancellationToken);
        metrics.SnapshotPublished(watch.Elapsed);
        span?.SetTag("rearm.snapshot.number", info.Number);
        LogPublished(info.Number, info.Users, info.Items, info.Interactions, cut.TotalSeconds, (watch.Elapsed - cut).TotalSeconds, info.Hash);
        _newest = info;
        return info;
    }

    private GraphSnapshot Cut(FrozenState state, TopicOffset[] offsets, CancellationToken cancellationToken)
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

    [LoggerMessage(2034, LogLevel.Warning, "Could not retire old snapshots, trying again later: {Reason}")]
    private partial void LogNotRetired(string reason);

    [LoggerMessage(2031, LogLevel.Information, "Snapshot {Number} is current: {Users} users, {Items} items, {Interactions} interactions; cut in {CutSeconds:0.0} s, published in {PublishSeconds:0.0} s; {Hash}")]
    private partial void LogPublished(long number, long users, long items, long interactions, double cutSeconds, double publishSeconds, string hash);
}
