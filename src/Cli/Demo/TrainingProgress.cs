using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Tells how training goes: about ten lines per run, however many epochs it has.</summary>
internal sealed class TrainingProgress(Narrator narrator)
{
    private const int Lines = 10;

    private int _told = -1;

    /// <summary>Tells the status if it is news, and gives it back.</summary>
    public TrainingStatus Tell(TrainingStatus status)
    {
        if (status.State == TrainingStatus.Types.State.Training && status.Epoch > 0 && status.Epoch >= _told + Math.Max(1, status.MaxEpochs / Lines))
        {
            _told = status.Epoch;
            narrator.Tell($"Training: epoch {status.Epoch} of at most {status.MaxEpochs}, loss {status.Loss:0.0000}, recall@20 {status.Recall:0.0000} on what the Trainer held out");
        }
        return status;
    }
}
