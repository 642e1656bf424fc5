using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Operators with a number that is kept until libtorch has read it. TorchSharp's own, its <c>+</c> of two tensors among them, wrap the number in an object that
/// nothing holds, and a garbage collection at that moment frees it (decision 5).
/// </summary>
internal static class HeldNumbers
{
    /// <summary><paramref name="left"/> + <paramref name="right"/>, either of which may be spread over rows of the other.</summary>
    internal static Tensor Plus(this Tensor left, Tensor right)
    {
        using Scalar one = 1;
        return left.add(right, one);
    }

    /// <summary><paramref name="tensor"/> + <paramref name="number"/>, entry by entry.</summary>
    internal static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar held = number, one = 1;
        return tensor.add(held, one);
    }

    /// <summary><paramref name="tensor"/> x <paramref name="number"/>.</summary>
    internal static Tensor Times(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.mul(held);
    }

    /// <summary><paramref name="tensor"/> / <paramref name="number"/>.</summary>
    internal static Tensor Over(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.div(held);
    }

    /// <summary>Each entry by itself.</summary>
    internal static Tensor Squared(this Tensor tensor) => tensor * tensor;

    /// <summary>Multiplies <paramref name="tensor"/> where it is.</summary>
    internal static Tensor Scale(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.mul_(held);
    }

    /// <summary>Divides <paramref name="tensor"/> where it is.</summary>
    internal static Tensor Divide(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.div_(held);
    }

    /// <summary>Adds to <paramref name="tensor"/> where it is.</summary>
    internal static Tensor Add(this Tensor tensor, double number)
    {
        using Scalar held = number, one = 1;
        return tensor.add_(held, one);
    }

    /// <summary>Adds <paramref name="factor"/> x <paramref name="other"/> to <paramref name="tensor"/> where it is.</summary>
    internal static Tensor AddScaled(this Tensor tensor, Tensor other, double factor)
    {
        using Scalar held = factor;
        return tensor.add_(other, held);
    }

    /// <summary>Adds <paramref name="factor"/> x <paramref name="a"/> x <paramref name="b"/>.</summary>
    internal static Tensor AddProduct(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcmul_(a, b, held);
    }

    /// <summary>Adds <paramref name="factor"/> x <paramref name="a"/> / <paramref name="b"/>.</summary>
    internal static Tensor AddQuotient(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcdiv_(a, b, held);
    }
}
