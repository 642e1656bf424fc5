using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>Decides when a new snapshot warrants a run.</summary>
internal sealed class TrainingTrigger(TrainerOptions options, TimeProvider time)
{
    private SnapshotInfo? _tried;
    private bool _failed;
    private DateTimeOffset _finished;

    /// <summary>Whether to train on this snapshot now without a request. A failed run is retried on schedule, even on the same snapshot.</summary>
    internal bool IsDue(SnapshotInfo snapshot)
    {
        if (_tried is null)
            return options.Interval > TimeSpan.Zero || options.MinNewInteractions > 0;
        if (snapshot.Number == _tried.Number && !_failed)
            return false;
        return (options.Interval > TimeSpan.Zero && time.GetUtcNow() - _finished >= options.Interval)
            || (options.MinNewInteractions > 0 && snapshot.Interactions - _tried.Interactions >= options.MinNewInteractions);
    }

    /// <summary>A run on this snapshot has been published.</summary>
    internal void Succeeded(SnapshotInfo snapshot) => (_tried, _failed, _finished) = (snapshot, false, time.GetUtcNow());

    /// <summary>A run on this snapshot has failed.</summary>
    internal void Failed(SnapshotInfo snapshot) => (_tried, _failed, _finished) = (snapshot, true, time.GetUtcNow());
}
