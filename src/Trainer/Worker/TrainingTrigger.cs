using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>
/// Decides when a new snapshot warrants a run. Times are counted from the end of the last run, so that however many snapshots come meanwhile none of them puts
/// a run off, and a run that takes longer than its schedule is followed by one, not by all that were missed.
/// </summary>
internal sealed class TrainingTrigger(TrainerOptions options, TimeProvider time)
{
    private readonly CronSchedule? _cron = options.Schedule;
    private SnapshotInfo? _tried;
    private bool _failed;
    private DateTimeOffset _finished;

    /// <summary>
    /// Whether to train on this snapshot now without a request. The first one that a process sees is due at once. A failed run is retried when the next is due, even
    /// on the same snapshot.
    /// </summary>
    internal bool IsDue(SnapshotInfo snapshot)
    {
        if (_tried is null)
            return _cron is not null || options.Interval > TimeSpan.Zero || options.MinNewInteractions > 0;
        if (snapshot.Number == _tried.Number && !_failed)
            return false;
        return IsTime() || (options.MinNewInteractions > 0 && Math.Abs(snapshot.Interactions - _tried.Interactions) >= options.MinNewInteractions);
    }

    /// <summary>A run on this snapshot has been published.</summary>
    internal void Succeeded(SnapshotInfo snapshot) => (_tried, _failed, _finished) = (snapshot, false, time.GetUtcNow());

    /// <summary>A run on this snapshot has failed.</summary>
    internal void Failed(SnapshotInfo snapshot) => (_tried, _failed, _finished) = (snapshot, true, time.GetUtcNow());

    private bool IsTime()
    {
        var now = time.GetUtcNow();
        return _cron is not null ? _cron.Next(_finished) <= now : options.Interval > TimeSpan.Zero && now - _finished >= options.Interval;
    }
}
