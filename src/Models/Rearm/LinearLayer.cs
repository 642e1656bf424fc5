using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>x W' + b.</summary>
internal static class LinearLayer
{
    /// <param name="module">Has W and b.</param>
    /// <param name="x">Rows x inputs.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal static Tensor Forward(Linear module, Tensor x, KernelMode kernels) => Forward(x, module.weight!, module.bias, kernels);

    /// <param name="x">Rows x inputs.</param>
    /// <param name="weight">W, outputs x inputs.</param>
    /// <param name="bias">b; null: none.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal static Tensor Forward(Tensor x, Tensor weight, Tensor? bias, KernelMode kernels) =>
        kernels.Fit(x) ? LinearFunction.Apply(x, weight, bias) : nn.functional.linear(x, weight, bias);
}
