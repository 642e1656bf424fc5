namespace Rearm.Streaming.Cli.Tuning;

/// <summary>One choice of hyper-parameters.</summary>
/// <param name="Number">From 0, which is the model as it is.</param>
/// <param name="Parameters">What differs from the model as it is, by name.</param>
internal sealed record Trial(int Number, IReadOnlyDictionary<string, string> Parameters);
