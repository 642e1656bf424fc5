using Rearm.Streaming.Storage.Leases;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>One Trainer works, the holder of a lease, so that two started by mistake do not overwrite each other's generations; the others stand by.</summary>
internal sealed partial class TrainerDuty(RedisLease lease, TrainerState state, ILogger<TrainerDuty> logger)
{
    /// <summary>The lease's name.</summary>
    internal const string Lease = "trainer";

    /// <summary>Takes up work if nobody else is at it, or says who is.</summary>
    /// <returns>Whether this process is the one that works.</returns>
    /// <exception cref="StackExchange.Redis.RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    internal async Task<bool> TryTakeUpAsync(CancellationToken cancellationToken)
    {
        if (await lease.TryAcquireAsync(cancellationToken))
        {
            state.OnDuty();
            return true;
        }
        // Null: it has gone at this moment, and the next look finds the lease free.
        if (await lease.HolderAsync(cancellationToken) is { } holder && state.Standby(holder.Owner))
            LogStandby(holder.Owner);
        return false;
    }

    /// <summary>Does work that is cancelled as soon as this process is known not to be the one any more.</summary>
    /// <exception cref="LeaseLostException">It was.</exception>
    internal async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
        try
        {
            await work(either.Token);
        }
        catch (OperationCanceledException e) when (either.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseLostException(
                $"The run was given up: this process was paused, or could not reach Redis, for longer than {TrainerOptions.Section}:{nameof(TrainerOptions.LeaseDuration)}, "
                + "so another Trainer may be at work. The next run goes on after its last epoch, or on another snapshot starts from the best parameters so far.", e);
        }
    }

    /// <summary>Lets another Trainer take over at once.</summary>
    internal ValueTask EndAsync() => lease.DisposeAsync();

    [LoggerMessage(3011, LogLevel.Warning, "Standing by: another Trainer is at work ({Holder}); this one takes over when that one is gone")]
    private partial void LogStandby(string holder);
}
