using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Where the older program compares modalities: BN(W2 relu(W1 x + b1) + b2), d to 2d to d.</summary>
internal sealed class ContrastProjection : nn.Module<Tensor, Tensor>
{
    private readonly Linear _inner;
    private readonly Linear _outer;

    internal ContrastProjection(int dimension, ScalarType dtype, Device device) : base(nameof(ContrastProjection))
    {
        register_module("inner", _inner = XavierNormal.Linear(dimension, 2 * dimension, bias: true, dtype, device));
        register_module("outer", _outer = XavierNormal.Linear(2 * dimension, dimension, bias: true, dtype, device));
        register_module("norm", Norm = new(dimension, dtype, device));
    }

    internal ContrastNorm Norm { get; }

    /// <param name="x">Items x d, two at least.</param>
    public override Tensor forward(Tensor x) => Norm.forward(Outer(x));

    /// <summary>Before it is normalised.</summary>
    internal Tensor Outer(Tensor x) => _outer.Steady(nn.functional.relu(_inner.Steady(x)));
}
