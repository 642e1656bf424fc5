using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>The weighted sum of graphs over the same nodes, columns ascending: modalities mixed, and co-occurrence with similarity (4.2.3).</summary>
internal static class WeightedSum
{
    internal static SparseRows Of(int rows, params IReadOnlyList<(double Weight, SparseRows Graph)> terms)
    {
        var sum = new RowBuilder(rows, 16);
        var entries = new SortedDictionary<int, float>();
        for (var row = 0; row < rows; row++)
        {
            entries.Clear();
            foreach (var (weight, graph) in terms)
            {
                // A weight of 0 leaves the graph's entries out altogether.
                if (weight == 0)
                    continue;
                var rowColumns = graph.RowColumns(row);
                var rowValues = graph.RowValues(row);
                for (var e = 0; e < rowColumns.Length; e++)
                    entries[rowColumns[e]] = entries.GetValueOrDefault(rowColumns[e]) + (float)(weight * rowValues[e]);
            }
            sum.Add([.. entries.Keys], [.. entries.Values]);
        }
        return sum.Build();
    }
}
