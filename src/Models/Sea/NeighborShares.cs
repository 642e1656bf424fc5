using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Rearm.Weights;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sea;

/// <summary>
/// SEA's item-item graph: each of an item's k nearest by cosine counts 1/k, whatever the cosine; modalities are mixed with weights that sum to 1. An item
/// without a vector, or with a zero one, has no neighbours in that modality and is nobody's.
/// </summary>
internal static class NeighborShares
{
    /// <param name="snapshot">Has the cosines.</param>
    /// <param name="modalities">Those used, by their places in it.</param>
    /// <param name="parameters">k and the weights.</param>
    internal static SparseRows Mixed(GraphSnapshot snapshot, IReadOnlyList<int> modalities, SeaHyperParameters parameters) => WeightedSum.Of(
        snapshot.Items,
        [.. modalities.Select((m, at) =>
            (ModalityShare.Of(at, modalities.Count, parameters.FirstModalityWeight), Of(snapshot.ItemSemantic[m], parameters.ItemNeighbors)))]);

    /// <param name="cosines">Neighbours by falling cosine, the item itself among them.</param>
    /// <param name="k">Neighbours kept; of fewer, each counts more.</param>
    internal static SparseRows Of(SparseRows cosines, int k)
    {
        var rows = new RowBuilder(cosines.Rows, k);
        for (var row = 0; row < cosines.Rows; row++)
        {
            var columns = cosines.RowColumns(row);
            var kept = Math.Min(k, columns.Length);
            rows.Add(columns[..kept], cosines.RowValues(row)[..kept]);
            rows.LastValues.Fill(1f / kept);
        }
        return rows.Build();
    }
}
