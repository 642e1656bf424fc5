using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Where the weights of sequence models start, as in PMMRec's program: normal, variance 2 / (rows + columns) (Glorot and Bengio); biases 0.
/// </summary>
internal static class XavierNormal
{
    /// <summary>A matrix.</summary>
    internal static Parameter Matrix(long rows, long columns, ScalarType dtype, Device device) => new(Initial.XavierNormal(rows, columns, dtype, device));

    /// <summary>A layer.</summary>
    internal static Linear Linear(long inputs, long outputs, bool bias, ScalarType dtype, Device device)
    {
        var linear = nn.Linear(inputs, outputs, bias, device, dtype);
        using var _ = no_grad();
        using var start = Initial.XavierNormal(outputs, inputs, dtype, device);
        linear.weight!.copy_(start);
        linear.bias?.zero_();
        return linear;
    }
}
