using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// Takes the ids of erased users out of the checkpoint, once a minute: what has been learned about them belongs to nobody then, is not taken up by the next
/// run, and goes with its first checkpoint. The state of a run that knows such a user is removed.
/// </summary>
internal sealed partial class CheckpointErasure(
    LiveCatalogue live, CheckpointStore checkpoints, RunStateStore runs, TimeProvider time, ILogger<CheckpointErasure> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private (DateTimeOffset Newest, long Count) _freeOf;
    private DateTime _writtenAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await SweepSafelyAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next process goes on.
        }
    }

    /// <summary>Looks once.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (await live.ErasuresAsync(upTo: null, cancellationToken) is not { } erasures)
            return;
        // A run that began before an erasure writes the user again.
        var writtenAt = WrittenAt;
        if (erasures == _freeOf && writtenAt == _writtenAt)
            return;
        // A user who has come back starts from nothing, too: what is kept may be from before.
        var erased = await live.ReadErasedUsersAsync(0, cancellationToken);
        if (Math.Max(checkpoints.Forget(IsErased), runs.Forget(IsErased)) is var users and > 0)
            LogForgotten(users);
        // What is written meanwhile, by this too, is looked at the next time.
        (_freeOf, _writtenAt) = (erasures, writtenAt);

        bool IsErased(string id) => erased.Contains(RedisKeys.UserHash(StableHash.Of(id)));
    }

    private DateTime WrittenAt => checkpoints.WrittenAt > runs.WrittenAt ? checkpoints.WrittenAt : runs.WrittenAt;

    private async Task SweepSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            LogNotSwept(e.Message);
        }
    }

    [LoggerMessage(3203, LogLevel.Information, "Took the ids of {Users} erased users out of what training keeps")]
    private partial void LogForgotten(int users);

    [LoggerMessage(3204, LogLevel.Warning, "Could not take erased users out of what training keeps, trying again in a minute: {Reason}")]
    private partial void LogNotSwept(string reason);
}
