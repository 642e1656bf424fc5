using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters of models that are trained in epochs, by Adam or AdamW.</summary>
public abstract record EpochParameters
{
    /// <summary>The optimizer's step size.</summary>
    [Range(1e-8, 10.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>What a step takes: so many triples (user, positive, negative), or users with their items in order.</summary>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 2048;

    /// <summary>Epochs at most.</summary>
    [Range(1, 100_000)]
    public int MaxEpochs { get; init; } = 1000;

    /// <summary>Epochs without a better validation Recall@20 before training stops.</summary>
    [Range(1, 100_000)]
    public int Patience { get; init; } = 20;

    /// <summary>Epochs where too little can be held out, so that nothing says when to stop.</summary>
    [Range(1, 100_000)]
    public int UnvalidatedEpochs { get; init; } = 50;
}
