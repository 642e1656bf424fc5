namespace Rearm.Streaming.Cli.Tuning;

/// <summary>A round of successive halving.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Trials">How many trials take part: the best of the round before.</param>
/// <param name="Epochs">Epochs that each has had at its end, those of earlier rounds included; 0: the model is not trained in epochs.</param>
internal sealed record Rung(int Number, int Trials, int Epochs);
