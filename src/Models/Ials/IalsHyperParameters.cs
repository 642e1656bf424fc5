using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Models.Ials;

/// <summary>Hyper-parameters of iALS.</summary>
public sealed record IalsHyperParameters
{
    /// <summary>Width f of a vector.</summary>
    [Range(1, 1024)]
    public int Factors { get; init; } = 64;

    /// <summary>Weight of the squared lengths of the vectors, lambda in eq. 3.</summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 25;

    /// <summary>How much surer a pair of mean weight is than one never seen: c = 1 + alpha w, where w is the pair's weight over the mean of all.</summary>
    [Range(1e-3, 1e6)]
    public double Alpha { get; init; } = 20;

    /// <summary>Times that users and then items are solved.</summary>
    [Range(1, 1000)]
    public int Iterations { get; init; } = 20;

    /// <summary>Steps of conjugate gradient for a vector, starting from the last iteration's.</summary>
    [Range(1, 100)]
    public int Steps { get; init; } = 3;
}
