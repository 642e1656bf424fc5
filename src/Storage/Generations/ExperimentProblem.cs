namespace Rearm.Streaming.Storage.Generations;

/// <summary>Why an experiment can't be started.</summary>
/// <param name="Pin">What is wrong with an arm's generation; null: an experiment runs already.</param>
/// <param name="Generation">Which generation.</param>
public sealed record ExperimentProblem(PinProblem? Pin, long Generation);
