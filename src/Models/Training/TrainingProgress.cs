using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>One epoch done.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="MaxEpochs">Epochs at most.</param>
/// <param name="Loss">Mean over the epoch's batches.</param>
/// <param name="Recall">Recall@20 on held-out pairs; null: there are none.</param>
/// <param name="BestEpoch">The epoch with the best recall so far; without recall, the newest.</param>
/// <param name="Seconds">Time the epoch took, evaluation included.</param>
public sealed record TrainingProgress(int Epoch, int MaxEpochs, double Loss, double? Recall, int BestEpoch, double Seconds)
{
    /// <summary>All that was measured on held-out pairs; null: there are none.</summary>
    public RankingMetrics? Validation { get; init; }

    /// <summary>Seconds that an epoch takes, evaluation included: the mean of those since the training began or went on.</summary>
    public double SecondsPerEpoch { get; init; } = Seconds;

    /// <summary>How long the rest takes at most: training may stop early.</summary>
    public TimeSpan LeftAtMost => TimeSpan.FromSeconds(Math.Max(0, MaxEpochs - Epoch) * SecondsPerEpoch);
}
