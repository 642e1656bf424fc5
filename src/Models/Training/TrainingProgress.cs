namespace Rearm.Streaming.Models.Training;

/// <summary>One epoch done.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="MaxEpochs">Epochs at most.</param>
/// <param name="Loss">Mean over the epoch's batches.</param>
/// <param name="Recall">Recall@20 on held-out pairs.</param>
/// <param name="BestEpoch">The epoch with the best recall so far.</param>
/// <param name="Seconds">Time the epoch took, evaluation included.</param>
public sealed record TrainingProgress(int Epoch, int MaxEpochs, double Loss, double Recall, int BestEpoch, double Seconds);
