using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Snapshots;

namespace Rearm.Streaming.GraphBuilder.Erasures;

/// <summary>
/// Sees to it that an erasure reaches its end also when nobody follows it: once a minute, whatever has been erased since is taken out of the generations,
/// and once a newer snapshot is current, those from before are removed.
/// </summary>
internal sealed partial class ErasureSweep(
    RedisLease lease, LiveCatalogue live, GenerationErasure generations, GenerationReader reader, SnapshotPublisher publisher, TimeProvider time,
    ILogger<ErasureSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // The erasures that the generations, the newest of which is this, and the snapshots are free of. Those that the current snapshot does not reflect yet are the next
    // one's.
    private (DateTimeOffset Newest, long Count) _generationsFreeOf;
    private string? _generation;
    private (DateTimeOffset Newest, long Count) _snapshotsFreeOf;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var start = time.GetTimestamp();
                await SweepSafelyAsync(stoppingToken);
                // All rows of all generations are read: at most a tenth of the time goes into that.
                var took = time.GetElapsedTime(start);
                await Task.Delay(TimeSpan.FromTicks(Math.Max(Interval.Ticks, took.Ticks * 10)), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next process goes on.
        }
    }

    /// <summary>Sweeps once, if there is an erasure to be swept.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!lease.IsHeld || await live.ErasuresAsync(upTo: null, cancellationToken) is not { } erasures)
            return;
        // Users may have been erased while one was being published.
        var generation = await reader.ReadNewestAsync(cancellationToken);
        if (erasures != _generationsFreeOf || generation != _generation)
        {
            foreach (var (number, rows) in await generations.RemoveErasedUsersAsync(cancellationToken))
                LogRemoved(rows, number);
            (_generationsFreeOf, _generation) = (erasures, generation);
        }
        if (await publisher.CurrentAsOfAsync(cancellationToken) is { } asOf
            && await live.ErasuresAsync(asOf, cancellationToken) is { } reflected && reflected != _snapshotsFreeOf)
        {
            if (await publisher.PurgeAsync(reflected.Newest, cancellationToken) is var snapshots and > 0)
                LogPurged(snapshots);
            _snapshotsFreeOf = reflected;
        }
    }

    private async Task SweepSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsTransient(e) || e is ContractException)
        {
            LogNotSwept(e.Message);
        }
    }

    [LoggerMessage(2041, LogLevel.Information, "Took {Rows} erased users out of generation {Generation}")]
    private partial void LogRemoved(int rows, long generation);

    [LoggerMessage(2042, LogLevel.Information, "Removed {Snapshots} snapshots from before an erasure")]
    private partial void LogPurged(int snapshots);

    [LoggerMessage(2043, LogLevel.Warning, "Could not take erased users out of older generations and snapshots, trying again in a minute: {Reason}")]
    private partial void LogNotSwept(string reason);
}
