using System.Diagnostics;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Keeps the live state in Redis in step with the graph state: each batch's changes at once, the popular items every second, and everything when Redis
/// has lost some of it. While a backlog is read, changes are collected, so that a user with many of them is written once, but an erasure does not
/// wait; a process that is killed meanwhile writes everything at its next start.
/// </summary>
internal sealed partial class LiveStateSync(
    LiveStateWriter live, PopularItemsWriter popular, LiveStateAudit audit, SnapshotSchedule snapshots, RetryPolicy retry, ILogger<LiveStateSync> logger)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    // What is written with so many records to go is of yesterday anyway.
    private const long BacklogRecords = 100_000;
    private const int MaxCollected = 4_000_000;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _collecting = new();
    private readonly HashSet<int> _known = [];
    private Stopwatch? _sinceRefresh;

    /// <summary>Writes what has changed, unless there is a backlog to be read first; retries until Redis has it.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="lag">Records that are in the log and not read yet.</param>
    /// <param name="partitions">Partitions of the interactions topic.</param>
    /// <param name="publishes">Whether what is global is this process's to write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(GraphState state, long lag, int partitions, bool publishes, CancellationToken cancellationToken)
    {
        if (lag > BacklogRecords && _collecting.Elapsed < MaxDelay && state.Shards.All(s => s.Changes.Erasures.Count == 0)
            && state.Shards.Sum(s => (long)s.Changes.Pairs.Count) < MaxCollected)
        {
            _collecting.Start();
            return;
        }
        await FlushAsync(state, publishes, cancellationToken);
        if (_sinceRefresh?.Elapsed < RefreshInterval)
            return;
        await retry.ExecuteAsync("bring the live state up to date", token => RefreshAsync(state, partitions, publishes, token), cancellationToken);
        _sinceRefresh = Stopwatch.StartNew();
    }

    /// <summary>Writes what has changed, backlog or not; retries until Redis has it.</summary>
    public Task FlushAsync(GraphState state, bool publishes, CancellationToken cancellationToken)
    {
        _collecting.Reset();
        return retry.ExecuteAsync("write the live state", token => live.WriteAsync(state, publishes, token), cancellationToken);
    }

    /// <summary>The partition is somebody else's to write.</summary>
    public void Forget(int partition)
    {
        live.Forget(partition);
        _known.Remove(partition);
    }

    private async Task RefreshAsync(GraphState state, int partitions, bool publishes, CancellationToken cancellationToken)
    {
        // Before the markers: should Redis lose it, it loses a marker as well.
        await popular.WriteAsync(state, partitions, publishes, cancellationToken);
        foreach (var shard in state.Shards)
            if (await live.IsBehindAsync(shard, cancellationToken))
            {
                // Expected of a partition that this process has only just got: nobody knows what Redis holds.
                LogRewriting(_known.Add(shard.Partition) ? LogLevel.Information : LogLevel.Warning, shard.Partition, shard.ActiveUsers);
                await RewriteAsync(state, shard, cancellationToken);
            }
        if (publishes && await live.IsBehindOnItemsAsync(cancellationToken))
            await RewriteItemsAsync(state, cancellationToken);
        if (publishes)
            await live.UnhideAsync(state, cancellationToken);
        if (await audit.FindLossAsync(state, publishes, cancellationToken) is { } loss)
        {
            LogLoss(loss, state.ActiveUsers);
            foreach (var shard in state.Shards)
                await RewriteAsync(state, shard, cancellationToken);
            if (publishes)
                await RewriteItemsAsync(state, cancellationToken);
            audit.Repaired();
        }
    }

    private async Task RewriteAsync(GraphState state, UserShard shard, CancellationToken cancellationToken)
    {
        await live.WriteAllAsync(state, shard, cancellationToken);
        // Its counts may be gone as well.
        shard.StopCounting();
    }

    private async Task RewriteItemsAsync(GraphState state, CancellationToken cancellationToken)
    {
        await live.WriteAllItemsAsync(state, cancellationToken);
        popular.Forget();
        snapshots.Forget();
    }

    [LoggerMessage(EventId = 2029, Message = "Redis may lack some of the live state of partition {Partition} (at the start, or after it has lost data): writing that of {Users} users again")]
    private partial void LogRewriting(LogLevel level, int partition, int users);

    [LoggerMessage(2033, LogLevel.Warning, "{Loss}: writing the live state of {Users} users again")]
    private partial void LogLoss(string loss, int users);
}
