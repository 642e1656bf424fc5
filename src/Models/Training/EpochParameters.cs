using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters of models that are trained by Adam, in epochs of sampled triples.</summary>
public abstract record EpochParameters
{
    /// <summary>Adam's step size.</summary>
    [Range(1e-8, 10.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Triples (user, positive, negative) in a step.</summary>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 2048;

    /// <summary>Epochs at most.</summary>
    [Range(1, 100_000)]
    public int MaxEpochs { get; init; } = 1000;

    /// <summary>Epochs without a better validation Recall@20 before training stops.</summary>
    [Range(1, 100_000)]
    public int Patience { get; init; } = 20;

    /// <summary>Epochs where no interaction can be held out, so that nothing says when to stop.</summary>
    [Range(1, 100_000)]
    public int UnvalidatedEpochs { get; init; } = 50;
}
