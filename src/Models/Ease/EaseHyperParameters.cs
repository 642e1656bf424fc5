using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.Ease;

/// <summary>Hyper-parameters of EASE.</summary>
public sealed record EaseHyperParameters
{
    /// <summary>lambda: what is added to the diagonal of the Gram matrix.</summary>
    [Range(1e-3, 1e9)]
    public double Regularization { get; init; } = 50;

    /// <summary>What the features' Gram matrix, of each modality, counts for beside that of the interactions; 0: features are not used.</summary>
    [Range(0.0, 1e6)]
    public double FeatureWeight { get; init; }

    /// <summary>Width of the vectors that are served.</summary>
    [Range(1, 2048)]
    public int Rank { get; init; } = 256;

    /// <summary>Items at most: two matrices of items x items must fit into memory, and solving takes time by the cube of the items.</summary>
    [Range(1, 23_000)]
    public int MaxItems { get; init; } = 20_000;
}
