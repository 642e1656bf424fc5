using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>PReLU with one slope.</summary>
internal static class Activation
{
    /// <param name="module">Has the slope.</param>
    /// <param name="x">Rows x width.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <param name="firstColumn">Columns before this one pass as they are.</param>
    internal static Tensor Forward(LearnedSlope module, Tensor x, KernelMode kernels, int firstColumn = 0)
    {
        if (kernels.Fit(x))
            return PReluFunction.Activate(x, module.Weight, firstColumn);
        return firstColumn == 0
            ? module.forward(x)
            : cat([x.narrow(1, 0, firstColumn), module.forward(x.narrow(1, firstColumn, x.shape[1] - firstColumn))], 1);
    }
}
