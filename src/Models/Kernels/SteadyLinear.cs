using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Layers that give the same bits on any number of threads, forth and back, however narrow they are.</summary>
internal static class SteadyLinear
{
    /// <summary>
    /// MKL's strict mode leaves out products of matrices with narrow sides: a layer's weights get their gradients from one of inputs x rows x outputs, which
    /// is then cut up by rows, one piece a thread. It has kept its promise wherever both sides were as wide as this.
    /// </summary>
    internal const int Narrow = 64;

    /// <summary>
    /// The layer's output; on the CPU its inputs and outputs are filled up with zeros to <see cref="Narrow"/>, which changes no sum but the order that it is
    /// taken in.
    /// </summary>
    /// <param name="layer">Inputs to outputs.</param>
    /// <param name="x">... x inputs.</param>
    internal static Tensor Steady(this Linear layer, Tensor x)
    {
        var (outputs, inputs) = (layer.weight!.shape[0], layer.weight.shape[1]);
        var (below, right) = (Math.Max(0, Narrow - outputs), Math.Max(0, Narrow - inputs));
        if (x.device_type != TorchSharp.DeviceType.CPU || (below == 0 && right == 0))
            return layer.forward(x);
        var weight = nn.functional.pad(layer.weight, [0, right, 0, below]);
        var bias = layer.bias is null ? null : nn.functional.pad(layer.bias, [0, below]);
        return nn.functional.linear(right == 0 ? x : nn.functional.pad(x, [0, right]), weight, bias).narrow(-1, 0, outputs);
    }
}
