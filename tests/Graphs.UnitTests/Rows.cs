using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs.UnitTests;

/// <summary>Sparse rows in a form that is easy to compare.</summary>
internal static class Rows
{
    public static IEnumerable<InteractionPair> Pairs(InteractionMatrix matrix)
    {
        for (var u = 0; u < matrix.Users; u++)
            for (var e = matrix.Pointers[u]; e < matrix.Pointers[u + 1]; e++)
                yield return new(u, matrix.Items[e], matrix.Times[e], matrix.Weights[e]);
    }

    public static (int Column, float Value)[] Of(SparseRows rows, int row) => [.. rows.RowColumns(row).ToArray().Zip(rows.RowValues(row).ToArray())];
}
