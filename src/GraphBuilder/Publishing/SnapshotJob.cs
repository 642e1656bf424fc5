using System.Diagnostics;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Cutting;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Cuts a snapshot from a frozen state and publishes it.</summary>
internal sealed partial class SnapshotJob(
    SnapshotPublisher publisher, OtherShards others, KafkaClients clients, GraphBuilderMetrics metrics, IOptions<GraphBuilderOptions> options,
    TimeProvider time, ILogger<SnapshotJob> logger) : ISnapshotJob
{
    private volatile SnapshotInfo? _newest;

    /// <inheritdoc/>
    public SnapshotInfo? Newest => _newest;

    /// <inheritdoc/>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _newest = await publisher.CurrentAsync(cancellationToken);
        }
        catch (ContractException e)
        {
            _newest = null;
            LogUnreadable(e.Message);
        }
    }

    /// <inheritdoc/>
    public Task<SnapshotInfo> RunAsync(SnapshotInput input, CancellationToken cancellationToken) =>
        // Cutting takes seconds of all cores: not on the thread that reads.
        Task.Run(() => PublishAsync(input, cancellationToken), cancellationToken);

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

    private async Task<SnapshotInfo> PublishAsync(SnapshotInput input, CancellationToken cancellationToken)
    {
        if (input.Unchanged && _newest is { } newest && await publisher.CurrentAsync(newest.Hash, cancellationToken) is { } same)
            return same;
        using var span = GraphBuilderTracing.Source.StartActivity("publish snapshot", ActivityKind.Internal, input.Caller, links: input.Links);
        using var progress = new ProgressLog(logger, time);
        var watch = Stopwatch.StartNew();
        input = await others.AddToAsync(input, cancellationToken);
        var snapshot = Cut(input, progress.Begin, cancellationToken);
        if (snapshot.Info.Interactions == 0)
            throw new PreconditionException("No interaction has been read yet, so there is nothing to publish. Send some to the Ingestor first.");
        snapshot.Info.CutAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(input.TakenAt);
        foreach (var (partition, offset) in input.Offsets)
            if (partition.Topic == clients.Topics.Interactions)
                snapshot.Info.ReadUntil.Add(partition.Partition.Value, offset);
        if (span is { Recorded: true, Id: { } id })
            snapshot.Info.Traceparent = id;
        var cut = watch.Elapsed;
        var info = await publisher.PublishAsync(snapshot, cancellationToken, progress.Begin);
        metrics.SnapshotPublished(watch.Elapsed);
        span?.SetTag("rearm.snapshot.number", info.Number);
        LogPublished(info.Number, info.Users, info.Items, info.Interactions, cut.TotalSeconds, (watch.Elapsed - cut).TotalSeconds, info.Hash);
        _newest = info;
        return info;
    }

    private GraphSnapshot Cut(SnapshotInput input, ProgressOf progress, CancellationToken cancellationToken)
    {
        var offsets = input.Offsets
            .Select(n => new TopicOffset { Topic = n.Key.Topic, Partition = n.Key.Partition.Value, Offset = n.Value })
            .OrderBy(o => o.Topic, StringComparer.Ordinal).ThenBy(o => o.Partition)
            .ToArray();
        try
        {
            return SnapshotCutter.Cut(input.State, options.Value.GraphSettings, offsets, cancellationToken, progress);
        }
        catch (OverflowException e)
        {
            throw new ContractException(
                "The snapshot needs an array of more than 2^31 numbers: "
                + "keep fewer neighbours (GraphBuilder:UserNeighbors, GraphBuilder:ItemNeighbors).", e);
        }
    }

    [LoggerMessage(2035, LogLevel.Warning, "The current snapshot can't be read, so the next one is cut as if there were none: {Reason}")]
    private partial void LogUnreadable(string reason);

    [LoggerMessage(2034, LogLevel.Warning, "Could not retire old snapshots, trying again later: {Reason}")]
    private partial void LogNotRetired(string reason);

    [LoggerMessage(2031, LogLevel.Information, "Snapshot {Number} is current: {Users} users, {Items} items, {Interactions} interactions; cut in {CutSeconds:0.0} s, published in {PublishSeconds:0.0} s; {Hash}")]
    private partial void LogPublished(long number, long users, long items, long interactions, double cutSeconds, double publishSeconds, string hash);
}
