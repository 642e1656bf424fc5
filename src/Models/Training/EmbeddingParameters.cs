using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters of models that train a vector per user and per item.</summary>
public record EmbeddingParameters : EpochParameters
{
    /// <summary>Width d of a vector.</summary>
    [Range(1, 1024)]
    public int Dimension { get; init; } = 64;

    /// <summary>Weight of the squared lengths of the vectors in a batch.</summary>
    [Range(0.0, 10.0)]
    public double Decay { get; init; } = 1e-4;
}
