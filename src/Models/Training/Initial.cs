using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Where parameters start, as in the authors' program.</summary>
internal static class Initial
{
    /// <summary>Uniform within sqrt(6 / (rows + columns)) (Glorot and Bengio).</summary>
    internal static Tensor XavierUniform(long rows, long columns, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var bound = Math.Sqrt(6.0 / (rows + columns));
        return ((rand(rows, columns, dtype: dtype, device: device) * 2 - 1) * bound).MoveToOuterDisposeScope();
    }

    /// <summary>Normal, of variance 2 / (rows + columns) (Glorot and Bengio).</summary>
    internal static Tensor XavierNormal(long rows, long columns, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        return (randn(rows, columns, dtype: dtype, device: device) * Math.Sqrt(2.0 / (rows + columns))).MoveToOuterDisposeScope();
    }

    internal static Parameter Embedding(long rows, long columns, ScalarType dtype, Device device) =>
        new(XavierUniform(rows, columns, dtype, device));

    /// <summary>A projection of raw vectors: Xavier weights, no bias yet. Other layers start as libtorch starts them.</summary>
    internal static Linear Projection(long inputs, long outputs, ScalarType dtype, Device device)
    {
        var linear = nn.Linear(inputs, outputs, device: device, dtype: dtype);
        using (no_grad())
        {
            using var start = XavierUniform(outputs, inputs, dtype, device);
            linear.weight!.copy_(start);
            linear.bias!.zero_();
        }
        return linear;
    }
}
