using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>
/// Eq. 2: cosines of the k nearest to weights, D^-1/2 S D^-1/2 with degrees counted in edges; where every row has k, that is division by k.
/// </summary>
internal static class SimilarityWeights
{
    /// <param name="cosines">Neighbours by falling cosine, the node itself among them.</param>
    /// <param name="k">Neighbours kept.</param>
    internal static SparseRows Build(SparseRows cosines, int k)
    {
        var rows = new RowBuilder(cosines.Rows, k);
        for (var row = 0; row < cosines.Rows; row++)
        {
            var degree = Degree(cosines, row, k);
            var columns = cosines.RowColumns(row)[..degree];
            rows.Add(columns, cosines.RowValues(row)[..degree]);
            var values = rows.LastValues;
            for (var e = 0; e < values.Length; e++)
                values[e] /= (float)Math.Sqrt((double)degree * Math.Max(1, Degree(cosines, columns[e], k)));
        }
        return rows.Build();
    }

    private static int Degree(SparseRows graph, int row, int k) => Math.Min(k, graph.Pointers[row + 1] - graph.Pointers[row]);
}
