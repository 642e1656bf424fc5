using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>Decides when a new snapshot is worth a run.</summary>
internal sealed class TrainingTrigger(TrainerOptions options, TimeProvider time)
{
    private SnapshotInfo? _trained;
    private DateTimeOffset _finished;

    /// <summary>Whether to train on this snapshot now, nobody having asked.</summary>
    internal bool IsDue(SnapshotInfo snapshot)
    {
        if (_trained is null)
            return options.Interval > TimeSpan.Zero || options.MinNewInteractions > 0;
        if (snapshot.Number == _trained.Number)
            return false;
        return (options.Interval > TimeSpan.Zero && time.GetUtcNow() - _finished >= options.Interval)
            || (options.MinNewInteractions > 0 && snapshot.Interactions - _trained.Interactions >= options.MinNewInteractions);
    }

    /// <summary>A run on this snapshot has ended, well or not.</summary>
    internal void Finished(SnapshotInfo snapshot) => (_trained, _finished) = (snapshot, time.GetUtcNow());
}
