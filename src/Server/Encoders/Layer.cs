using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>A <see cref="LinearLayer"/> as a product reads it.</summary>
internal sealed class Layer(LinearLayer weights)
{
    private readonly PackedMatrix _weight = new(weights.Weight, weights.Bias.Length, weights.Weight.Length / weights.Bias.Length);

    /// <summary>y = x W^T + b.</summary>
    /// <param name="x">Rows x inputs.</param>
    /// <param name="y">Takes rows x outputs.</param>
    public void Apply(ReadOnlySpan<float> x, Span<float> y) => _weight.Multiply(x, weights.Bias, y);
}
