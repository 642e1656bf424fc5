using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>What the worker is doing, for the API to report, and the request to train now. Thread-safe.</summary>
internal sealed class TrainerState
{
    private const int KeptEpochs = 1000;

    private readonly Lock _lock = new();
    private readonly TrainingStatus _status = new() { State = TrainingStatus.Types.State.Waiting, Message = "Waiting for the first snapshot." };
    private bool _requested;
    private bool _forced;

    internal TrainingStatus Status
    {
        get
        {
            lock (_lock)
                return _status.Clone();
        }
    }

    /// <summary>Requests a run on the newest snapshot, unless one is in progress.</summary>
    /// <param name="force">Publish what it gives, or the one in progress, even if it is worse than what is served.</param>
    internal void Request(bool force = false)
    {
        lock (_lock)
        {
            _forced |= force;
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

    /// <summary>Whether the run is to be published whatever the quality gate says.</summary>
    internal bool Forced
    {
        get
        {
            lock (_lock)
                return _forced;
        }
    }

    /// <summary>There is nothing to train on. A request made before is dropped.</summary>
    internal void Waiting(string message) => Update(s =>
    {
        (_requested, _forced) = (false, false);
        (s.State, s.Message) = (TrainingStatus.Types.State.Waiting, message);
    });

    /// <summary>Another Trainer is at work. A request made here is dropped: that one has to be asked.</summary>
    /// <returns>Whether that is news.</returns>
    internal bool Standby(string holder)
    {
        var message = $"Another Trainer is at work ({holder}); this one takes over when that one is gone. Ask that one to train.";
        lock (_lock)
        {
            if (_status.State == TrainingStatus.Types.State.Standby && _status.Message == message)
                return false;
            (_requested, _forced, _status.State, _status.Message) = (false, false, TrainingStatus.Types.State.Standby, message);
            return true;
        }
    }

    /// <summary>No other Trainer is at work.</summary>
    internal void OnDuty() => Update(s =>
    {
        if (s.State == TrainingStatus.Types.State.Standby)
            (s.State, s.Message) = (TrainingStatus.Types.State.Waiting, "Took over from another Trainer. Waiting for a snapshot to train on.");
    });

    internal void Training(SnapshotInfo snapshot, int maxEpochs) => Update(s =>
    {
        _requested = false;
        (s.State, s.Message) = (TrainingStatus.Types.State.Training, $"Training on snapshot {snapshot.Number}: {snapshot.Users} users, {snapshot.Items} items, {snapshot.Interactions} interactions.");
        (s.Epoch, s.MaxEpochs, s.Loss, s.SecondsPerEpoch) = (0, maxEpochs, 0, 0);
        s.ClearSecondsLeft();
        s.ClearRecall();
        s.Epochs.Clear();
    });

    internal void Epoch(TrainingProgress progress) => Update(s =>
    {
        (s.Epoch, s.MaxEpochs, s.Loss) = (progress.Epoch, progress.MaxEpochs, progress.Loss);
        (s.SecondsPerEpoch, s.SecondsLeft) = (progress.SecondsPerEpoch, progress.LeftAtMost.TotalSeconds);
        var figures = new EpochFigures { Epoch = progress.Epoch, Loss = progress.Loss };
        if (progress.Recall is { } recall)
            s.Recall = figures.Recall = recall;
        else
            s.ClearRecall();
        if (s.Epochs.Count == KeptEpochs)
            s.Epochs.RemoveAt(0);
        s.Epochs.Add(figures);
    });

    internal void Publishing() => Update(s =>
    {
        (s.State, s.Message) = (TrainingStatus.Types.State.Publishing, "Writing the new generation to Redis.");
        s.ClearSecondsLeft();
    });

    internal void Published(long generation, string snapshotHash, IReadOnlyDictionary<string, double> metrics, QualityGate gate) => Update(s =>
    {
        var current = $"Generation {generation} is current{(gate.Forced ? ", because a request said so" : "")}.";
        (s.State, s.Message) = (TrainingStatus.Types.State.Waiting, metrics.ContainsKey("recall@20")
            ? gate.Outcome == QualityGate.Types.Outcome.First ? current : $"{current} {gate.Reason}"
            : $"{current} Nothing says how good it is: {RankingEvaluator.TooFew((int)metrics.GetValueOrDefault("validation_users"))}.");
        (s.Runs, s.Gate, _forced) = (s.Runs + 1, gate, false);
        Current(s, generation, snapshotHash, metrics);
    });

    /// <summary>The run gave nothing good enough to be published: what was served is served still.</summary>
    internal void KeptOut(QualityGate gate) => Update(s =>
    {
        (s.State, s.Message) = (TrainingStatus.Types.State.Waiting,
            $"The new generation was kept out; generation {gate.Served} is served still. {gate.Reason} To publish it anyway: rearm models train --force.");
        (s.Runs, s.Gate, _forced) = (s.Runs + 1, gate, false);
        s.ClearSecondsLeft();
    });

    /// <summary>A quick model is served; the run goes on.</summary>
    internal void FirstPublished(long generation, string snapshotHash, IReadOnlyDictionary<string, double> metrics) =>
        Update(s => Current(s, generation, snapshotHash, metrics));

    private static void Current(TrainingStatus status, long generation, string snapshotHash, IReadOnlyDictionary<string, double> metrics)
    {
        (status.Generation, status.SnapshotHash) = (generation, snapshotHash);
        status.Metrics.Clear();
        status.Metrics.Add(new Dictionary<string, double>(metrics));
    }

    internal void Failed(string message) => Update(s =>
    {
        (_requested, _forced) = (false, false);
        (s.State, s.Message, s.Runs) = (TrainingStatus.Types.State.Failed, message, s.Runs + 1);
        s.ClearSecondsLeft();
    });

    private void Update(Action<TrainingStatus> change)
    {
        lock (_lock)
            change(_status);
    }
}
