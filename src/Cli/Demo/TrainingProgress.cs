using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Reports training in about ten lines per run, however many epochs it has.</summary>
internal sealed class TrainingProgress(Narrator narrator)
{
    private const int Lines = 10;

    private int _reported = -1;

    /// <summary>Reports the status if enough epochs have passed since the last report, and returns it.</summary>
    public TrainingStatus Report(TrainingStatus status)
    {
        if (status.State == TrainingStatus.Types.State.Training && status.Epoch > 0 && status.Epoch >= _reported + Math.Max(1, status.MaxEpochs / Lines))
        {
            _reported = status.Epoch;
            narrator.Report($"Training: epoch {status.Epoch} of at most {status.MaxEpochs}, loss {status.Loss:0.0000}, {(status.HasRecall ? $"recall@20 {status.Recall:0.0000} on what the Trainer held out" : "not measured, nothing could be held out")}");
        }
        return status;
    }
}
