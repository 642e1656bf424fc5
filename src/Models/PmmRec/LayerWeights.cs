using Rearm.Streaming.Models.Sequences;
using TorchSharp.Modules;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>A linear layer's parameters without any tensors.</summary>
/// <param name="Weight">Outputs x inputs, row-major.</param>
/// <param name="Bias">Outputs.</param>
internal sealed record LayerWeights(float[] Weight, float[] Bias)
{
    internal static LayerWeights Of(Linear layer) => new(PlainValues.Of(layer.weight!), PlainValues.Of(layer.bias!));
}
