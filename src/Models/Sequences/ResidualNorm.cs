using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Layer norm of a sum: LN(x + y), row by row.</summary>
internal sealed class ResidualNorm : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly double _epsilon;
    private readonly KernelMode _kernels;

    /// <param name="width">Numbers in a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal ResidualNorm(int width, double epsilon, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(ResidualNorm))
    {
        (_epsilon, _kernels) = (epsilon, kernels);
        Weight = new Parameter(ones(width, dtype, device));
        Bias = new Parameter(zeros(width, dtype, device));
        register_parameter("weight", Weight);
        register_parameter("bias", Bias);
    }

    /// <summary>What normal rows are multiplied with.</summary>
    internal Parameter Weight { get; }

    /// <summary>What is added to them.</summary>
    internal Parameter Bias { get; }

    /// <param name="x">... x width.</param>
    /// <param name="y">The same shape.</param>
    public override Tensor forward(Tensor x, Tensor y)
    {
        var width = Weight.shape[0];
        if (!_kernels.Fit(x))
            return nn.functional.layer_norm(x.Plus(y), [width], Weight, Bias, _epsilon);
        // PReLU with a slope of 1 leaves everything as it is. libtorch's own layer norm sums the gradients of weight and bias by thread, so that its
        // bits depend on the number of threads.
        using var slope = Constant.Of([1], [1], x);
        return NormActivationFunction.Apply(x.reshape(-1, width), y.reshape(-1, width), Weight, Bias, slope, _epsilon).reshape(x.shape);
    }
}
