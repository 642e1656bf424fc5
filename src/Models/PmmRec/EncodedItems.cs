using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>What the item encoder makes of some items.</summary>
/// <param name="Vectors">Items x d.</param>
/// <param name="Means">Per modality the mean of an item's projected tokens, items x d; zeros where it has none.</param>
internal sealed record EncodedItems(Tensor Vectors, IReadOnlyList<Tensor> Means)
{
    /// <summary>A row for each of some items.</summary>
    internal EncodedItems Select(Tensor rows) => new(Vectors.index_select(0, rows), [.. Means.Select(mean => mean.index_select(0, rows))]);
}
