using Rearm.Streaming.Contracts.Generations;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>A tensor's numbers in main memory, row-major, in single precision.</summary>
internal static class PlainValues
{
    internal static LinearLayer Of(Linear layer) => new(Of(layer.weight!), Of(layer.bias!));

    internal static float[] Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.detach().cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }
}
