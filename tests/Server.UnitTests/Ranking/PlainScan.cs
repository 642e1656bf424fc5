using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

/// <summary>What the engine must give: every allowed row scored, and sorted.</summary>
internal static class PlainScan
{
    public static (int Row, float Score)[] Find(TopKQuery query)
    {
        var (items, allowed, vector) = (query.Items, query.Allowed.ToArray(), query.Vector.ToArray());
        return [.. Enumerable.Range(0, items.Count)
            .Where(row => ItemSet.Contains(allowed, row))
            .Select(row => (Row: row, Score: TensorPrimitives.Dot(vector, items[row])))
            .Select(r => query.ByCosine ? (r.Row, r.Score * items.InverseLengths[r.Row]) : r)
            .Where(r => r.Item2 < query.After.Score || (r.Item2 == query.After.Score && r.Row > query.After.Row))
            .OrderByDescending(r => r.Item2).ThenBy(r => r.Row).Take(query.K)];
    }

    /// <summary>What a query was answered, or says where it differs from the plain scan: in a row, or in any bit of a score.</summary>
    public static string? Difference(TopKQuery query)
    {
        var expected = Find(query);
        if (query.Found != expected.Length)
            return $"found {query.Found}, expected {expected.Length}";
        for (var i = 0; i < expected.Length; i++)
            if (query.Rows[i] != expected[i].Row || BitConverter.SingleToInt32Bits(query.Scores[i]) != BitConverter.SingleToInt32Bits(expected[i].Score))
                return $"place {i}: row {query.Rows[i]} with {query.Scores[i]:G9}, expected row {expected[i].Row} with {expected[i].Score:G9}";
        return null;
    }
}
