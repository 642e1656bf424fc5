using System.Diagnostics;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Keeps the live state in Redis in step with the graph state: each batch's changes at once, the popular items every second, and everything when Redis
/// has lost some of it. While a backlog is read, changes are collected, so that a user with many of them is written once, but an erasure does not
/// wait; a process that is killed meanwhile writes everything at its next start.
/// </summary>
internal sealed partial class LiveStateSync(
    LiveStateWriter live, LiveStateAudit audit, SnapshotSchedule snapshots, RetryPolicy retry, ILogger<LiveStateSync> logger)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    // What is written with so many records to go is of yesterday anyway.
    private const long BacklogRecords = 100_000;
    private const int MaxCollected = 4_000_000;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly Stopwatch _collecting = new();
    private Stopwatch? _sinceRefresh;

    /// <summary>Brings Redis up to date, whatever it holds, before anything is read.</summary>
    public async Task StartAsync(GraphState state, CancellationToken cancellationToken)
    {
        await retry.ExecuteAsync("write the live state", async token =>
        {
            await RefreshAsync(state, token);
            await snapshots.ResumeAsync(token);
        }, cancellationToken);
        _sinceRefresh = Stopwatch.StartNew();
    }

    /// <summary>Writes what has changed, unless there is a backlog to be read first; retries until Redis has it.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="lag">Records that are in the log and not read yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(GraphState state, long lag, CancellationToken cancellationToken)
    {
        if (lag > BacklogRecords && state.Changes.Erasures.Count == 0 && state.Changes.Pairs.Count < MaxCollected && _collecting.Elapsed < MaxDelay)
        {
            _collecting.Start();
            return;
        }
        await FlushAsync(state, cancellationToken);
        if (_sinceRefresh?.Elapsed < RefreshInterval)
            return;
        await retry.ExecuteAsync("write the popular items", token => RefreshAsync(state, token), cancellationToken);
        _sinceRefresh = Stopwatch.StartNew();
    }

    /// <summary>Writes what has changed, backlog or not; retries until Redis has it.</summary>
    public Task FlushAsync(GraphState state, CancellationToken cancellationToken)
    {
        _collecting.Reset();
        return retry.ExecuteAsync("write the live state", token => live.WriteAsync(state, token), cancellationToken);
    }

    private async Task RefreshAsync(GraphState state, CancellationToken cancellationToken)
    {
        if (await live.IsBehindAsync(cancellationToken))
        {
            // Expected at the start, when nobody knows what Redis holds.
            LogRewriting(_sinceRefresh is null ? LogLevel.Information : LogLevel.Warning, state.ActiveUsers);
            await RewriteAsync(state, cancellationToken);
        }
        else if (await audit.FindLossAsync(state, cancellationToken) is { } loss)
        {
            LogLoss(loss, state.ActiveUsers);
            await RewriteAsync(state, cancellationToken);
        }
        await live.WritePopularAsync(state, cancellationToken);
    }

    private async Task RewriteAsync(GraphState state, CancellationToken cancellationToken)
    {
        await live.WriteAllAsync(state, cancellationToken);
        snapshots.Forget();
    }

    [LoggerMessage(EventId = 2029, Message = "Redis may lack some of the live state (at the start, or after it has lost data): writing that of {Users} users again")]
    private partial void LogRewriting(LogLevel level, int users);

    [LoggerMessage(2033, LogLevel.Warning, "{Loss}: writing the live state of {Users} users again")]
    private partial void LogLoss(string loss, int users);
}
