using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Reports training in about ten lines per run, however many epochs it has, or in one every ten seconds where epochs take long.</summary>
internal sealed class TrainingProgress(Narrator narrator)
{
    private const int Lines = 10;

    private const double Pause = 10;

    private int _reported = -1;
    private double _reportedAt;

    /// <summary>Reports the status if enough epochs have passed since the last report, and returns it.</summary>
    public TrainingStatus Report(TrainingStatus status)
    {
        if (status.State == TrainingStatus.Types.State.Training && status.Epoch > 0 && IsDue(status))
        {
            (_reported, _reportedAt) = (status.Epoch, narrator.Seconds);
            var left = status.SecondsLeft > 0
                ? FormattableString.Invariant($"; {status.SecondsPerEpoch:0.#} s an epoch, at most {Pace.Text(TimeSpan.FromSeconds(status.SecondsLeft))} left")
                : "";
            var recall = status.HasRecall ? $"recall@20 {status.Recall:0.0000} on what the Trainer held out" : "not measured, too little could be held out";
            narrator.Narrate($"Training: epoch {status.Epoch} of at most {status.MaxEpochs}, loss {status.Loss:0.0000}, {recall}{left}");
        }
        return status;
    }

    private bool IsDue(TrainingStatus status) => status.Epoch >= _reported + Math.Max(1, status.MaxEpochs / Lines)
        || (status.Epoch > _reported && narrator.Seconds - _reportedAt > Pause);
}
