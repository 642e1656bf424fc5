using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Shapes in messages.</summary>
internal static class Shape
{
    /// <summary>E.g. "[6710, 64]".</summary>
    public static string Of(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
