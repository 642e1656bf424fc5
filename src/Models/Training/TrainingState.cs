using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// A run after one of its epochs: all it takes to go on as if it had never stopped. Batches, negatives and dropout need no state: each epoch's depend on the
/// seed and the epoch's number alone (<see cref="EpochSeed"/>).
/// </summary>
/// <param name="Epoch">The last epoch done, from 1.</param>
/// <param name="BestEpoch">The epoch whose parameters are the best so far.</param>
/// <param name="Seconds">Training so far, without evaluation.</param>
/// <param name="BestMetrics">What those have on validation; null: nothing is held out.</param>
/// <param name="Current">Parameters and optimizer after <paramref name="Epoch"/>.</param>
/// <param name="Best">After <paramref name="BestEpoch"/>; the same object if that is the same epoch.</param>
public sealed record TrainingState(int Epoch, int BestEpoch, double Seconds, RankingMetrics? BestMetrics, ModelCheckpoint Current, ModelCheckpoint Best);
