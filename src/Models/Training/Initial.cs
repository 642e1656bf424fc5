using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Where parameters start, as in the authors' program.</summary>
internal static class Initial
{
    /// <summary>Uniform between -<paramref name="bound"/> and <paramref name="bound"/>.</summary>
    internal static Tensor Uniform(long rows, long columns, double bound, ScalarType dtype, Device device) =>
        rand(rows, columns, dtype: dtype, device: device).Scale(2).Add(-1).Scale(bound);

    /// <summary>Uniform within sqrt(6 / (rows + columns)) (Glorot and Bengio).</summary>
    internal static Tensor XavierUniform(long rows, long columns, ScalarType dtype, Device device) =>
        Uniform(rows, columns, Math.Sqrt(6.0 / (rows + columns)), dtype, device);

    /// <summary>Normal, of variance 2 / (rows + columns) (Glorot and Bengio).</summary>
    internal static Tensor XavierNormal(long rows, long columns, ScalarType dtype, Device device) =>
        randn(rows, columns, dtype: dtype, device: device).Scale(Math.Sqrt(2.0 / (rows + columns)));

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
