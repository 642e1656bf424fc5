using Rearm.Streaming.Graphs;
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
            using var part = tensor(block, [rows, features.Columns], dtype: dtype, device: device);
            using var place = result.narrow(0, start, rows);
            place.copy_(part);
            start += rows;
        }
        return result.MoveToOuterDisposeScope();
    }
}
