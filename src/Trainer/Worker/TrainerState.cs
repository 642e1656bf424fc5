using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>What the worker is doing, for the API to report, and the request to train now. Thread-safe.</summary>
internal sealed class TrainerState
{
    private readonly Lock _lock = new();
    private readonly TrainingStatus _status = new() { State = TrainingStatus.Types.State.Waiting, Message = "Waiting for the first snapshot." };
    private bool _requested;

    internal TrainingStatus Status
    {
        get
        {
            lock (_lock)
                return _status.Clone();
        }
    }

    /// <summary>Requests a run on the newest snapshot, unless one is in progress.</summary>
    internal void Request()
    {
        lock (_lock)
        {
            if (_status.State is TrainingStatus.Types.State.Training or TrainingStatus.Types.State.Publishing)
                return;
            _requested = true;
            _status.State = TrainingStatus.Types.State.Training;
            _status.Message = "About to read the newest snapshot.";
        }
    }

    /// <summary>Whether a run was requested; <see cref="Training"/> and <see cref="Waiting"/> clear it.</summary>
    internal bool Requested
    {
        get
        {
            lock (_lock)
                return _requested;
        }
    }

    internal void Waiting(string message) => Update(s =>
    {
        _requested = false;
        (s.State, s.Message) = (TrainingStatus.Types.State.Waiting, message);
    });

    internal void Training(SnapshotInfo snapshot, int maxEpochs) => Update(s =>
    {
        _requested = false;
        (s.State, s.Message) = (TrainingStatus.Types.State.Training, $"Training on snapshot {snapshot.Number}: {snapshot.Users} users, {snapshot.Items} items, {snapshot.Interactions} interactions.");
        (s.Epoch, s.MaxEpochs, s.Loss, s.Recall) = (0, maxEpochs, 0, 0);
    });

    internal void Epoch(TrainingProgress progress) => Update(s => (s.Epoch, s.Loss, s.Recall) = (progress.Epoch, progress.Loss, progress.Recall));

    internal void Publishing() => Update(s => (s.State, s.Message) = (TrainingStatus.Types.State.Publishing, "Writing the new generation to Redis."));

    internal void Published(long generation, string snapshotHash, IReadOnlyDictionary<string, double> metrics) => Update(s =>
    {
        (s.State, s.Message) = (TrainingStatus.Types.State.Waiting, $"Generation {generation} is current.");
        (s.Generation, s.SnapshotHash, s.Runs) = (generation, snapshotHash, s.Runs + 1);
        s.Metrics.Clear();
        s.Metrics.Add(new Dictionary<string, double>(metrics));
    });

    internal void Failed(string message) => Update(s =>
    {
        _requested = false;
        (s.State, s.Message, s.Runs) = (TrainingStatus.Types.State.Failed, message, s.Runs + 1);
    });

    private void Update(Action<TrainingStatus> change)
    {
        lock (_lock)
            change(_status);
    }
}
