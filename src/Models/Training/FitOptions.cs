using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>How a model is fitted.</summary>
public sealed record FitOptions
{
    /// <summary>Measures the model on held-out interactions.</summary>
    public required RankingEvaluator Validation { get; init; }

    /// <summary>The parameters of an earlier run to start from; null: start from initial values.</summary>
    public ModelCheckpoint? WarmStart { get; init; }

    /// <summary>Told what of <see cref="WarmStart"/> could be used.</summary>
    public Action<WarmStartResult>? OnWarmStart { get; init; }

    /// <summary>Where the run's state is kept after each epoch, and where it goes on from, in place of <see cref="WarmStart"/>; null: nowhere.</summary>
    public ITrainingStates? States { get; init; }

    /// <summary>Given the parameters after each epoch that is the best so far.</summary>
    public Action<ModelCheckpoint>? OnBest { get; init; }

    /// <summary>Told of each epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Asked for what takes long within: an epoch's steps, or a model's whole training where it has no epochs.</summary>
    public ProgressOf? Within { get; init; }

    /// <summary>The clock that epochs are timed by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
