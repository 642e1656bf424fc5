using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>When kernels are used.</summary>
internal static class KernelModes
{
    /// <summary>Whether kernels may be used, and can work on tensors like this one.</summary>
    public static bool Fit(this KernelMode mode, Tensor tensor) => mode == KernelMode.Auto && TensorMemory.Fits(tensor);
}
