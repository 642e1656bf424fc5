using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>PReLU with one slope for all columns. As libtorch's module, whose constructor hands over a number that may be freed meanwhile (decision 5).</summary>
internal sealed class LearnedSlope : nn.Module<Tensor, Tensor>
{
    private const double Start = 0.25;

    internal LearnedSlope(ScalarType dtype, Device device) : base(nameof(LearnedSlope))
    {
        Weight = new Parameter(tensor([Start], dtype: dtype, device: device));
        register_parameter("weight", Weight);
    }

    /// <summary>One number.</summary>
    internal Parameter Weight { get; }

    public override Tensor forward(Tensor x) => nn.functional.prelu(x, Weight);
}
