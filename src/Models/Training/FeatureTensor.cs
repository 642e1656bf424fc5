using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Prepared features as a tensor, items x dimension. It is filled block by block, so its size is bounded by the device's memory alone.</summary>
internal static class FeatureTensor
{
    internal static Tensor From(FloatMatrix features, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var result = empty([features.Rows, features.Columns], dtype, device);
        var start = 0L;
        foreach (var block in features.Blocks)
        {
            var rows = Math.Min(features.RowsPerBlock, features.Rows - start);
            using var place = result.narrow(0, start, rows);
            // A tensor made of an array has a copy of it, and for wide features these would be the most memory that training takes.
            if (TensorMemory.Fits(place))
                block.CopyTo(TensorMemory.Values(place, block.Length));
            else
                place.copy_(tensor(block, [rows, features.Columns], dtype: dtype, device: device));
            start += rows;
        }
        return result.MoveToOuterDisposeScope();
    }
}
