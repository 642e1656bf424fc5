using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>Eq. 1: co-occurrence counts to weights, a softmax over the k strongest neighbours of each row.</summary>
internal static class CooccurrenceWeights
{
    /// <param name="counts">Neighbours by falling count.</param>
    /// <param name="k">Neighbours kept; a row with fewer keeps what it has.</param>
    /// <param name="mostActive">Takes the place of the neighbours of a row that has none.</param>
    internal static SparseRows Build(SparseRows counts, int k, MostActive mostActive)
    {
        var rows = new RowBuilder(counts.Rows, k);
        for (var row = 0; row < counts.Rows; row++)
        {
            var columns = counts.RowColumns(row);
            var kept = Math.Min(k, columns.Length);
            if (kept > 0)
                rows.Add(columns[..kept], counts.RowValues(row)[..kept]);
            else
                rows.Add(mostActive.Nodes, mostActive.Shares);
            SoftMax(rows.LastValues);
        }
        return rows.Build();
    }

    private static void SoftMax(Span<float> values)
    {
        // Both counts and shares fall along a row, so the first is the greatest.
        var top = values.IsEmpty ? 0 : values[0];
        var sum = 0.0;
        foreach (var value in values)
            sum += Math.Exp(value - top);
        for (var e = values.Length - 1; e >= 0; e--)
            values[e] = (float)(Math.Exp(values[e] - top) / sum);
    }
}
