namespace Rearm.Streaming.Cli.Tuning;

/// <summary>What came of a trial in a round: a line of the journal.</summary>
/// <param name="Trial">The trial's number.</param>
/// <param name="Rung">The round's.</param>
/// <param name="Epochs">Epochs trained, those of earlier rounds included.</param>
/// <param name="BestEpoch">The best of them.</param>
/// <param name="Recall">Recall@20 on validation in that epoch; null: the trial failed.</param>
/// <param name="Seconds">What the round took.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Parameters">The trial's hyper-parameters, where they differ from the model as it is.</param>
internal sealed record TrialResult(
    int Trial, int Rung, int Epochs, int BestEpoch, double? Recall, double Seconds, string? Failure, IReadOnlyDictionary<string, string> Parameters);
