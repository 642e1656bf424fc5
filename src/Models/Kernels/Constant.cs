using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Numbers for operators as tensors: operators that take numbers hand them over as objects that a garbage collection may free while they run
/// (decision 5).
/// </summary>
internal static class Constant
{
    /// <summary>A number in the precision and on the device of <paramref name="like"/>.</summary>
    internal static Tensor Of(double value, Tensor like) => tensor(value, dtype: like.dtype, device: like.device);

    /// <summary>Numbers likewise.</summary>
    internal static Tensor Of(float[] values, long[] shape, Tensor like) => tensor(values, shape, dtype: like.dtype, device: like.device);

    /// <summary>Indices on the device of <paramref name="like"/>.</summary>
    internal static Tensor Indices(int[] values, Tensor like) => tensor(Array.ConvertAll(values, v => (long)v), device: like.device);
}
