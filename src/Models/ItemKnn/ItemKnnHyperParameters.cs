using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.ItemKnn;

/// <summary>Hyper-parameters of item-kNN.</summary>
public sealed record ItemKnnHyperParameters
{
    /// <summary>Neighbours of an item.</summary>
    [Range(1, 10_000)]
    public int Neighbors { get; init; } = 100;

    /// <summary>Added to the product of the lengths below the cosine, so that a few common users prove little; 0: the plain cosine.</summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; init; } = 100;

    /// <summary>Width of the vectors that are served.</summary>
    [Range(1, 2048)]
    public int Rank { get; init; } = 256;
}
