using System.Numerics.Tensors;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>Exact maximum inner product search: every allowed row is scored (eq. 19). Allocates nothing.</summary>
internal static class InnerProductSearch
{
    /// <summary>Finds the rows of <paramref name="matrix"/> with the greatest inner products with <paramref name="query"/>, ties to the lower row.</summary>
    /// <param name="query">The vector, d wide.</param>
    /// <param name="matrix">Row-major, rows x d.</param>
    /// <param name="allowed">The rows that may be answered, as an <see cref="ItemSet"/>.</param>
    /// <param name="scale">A factor per row, or empty; with 1/length it makes the scores cosines of a query of length 1.</param>
    /// <param name="rows">Takes the rows, best first; its length is k.</param>
    /// <param name="scores">Takes their scores, as many.</param>
    /// <returns>How many were found: k, or all that are allowed.</returns>
    public static int Find(ReadOnlySpan<float> query, ReadOnlySpan<float> matrix, ReadOnlySpan<ulong> allowed, ReadOnlySpan<float> scale, Span<int> rows, Span<float> scores)
    {
        var count = 0;
        var best = new TopK(rows, scores, ref count);
        foreach (var row in ItemSet.Rows(allowed))
        {
            var score = TensorPrimitives.Dot(query, matrix.Slice(row * query.Length, query.Length));
            best.Offer(row, scale.IsEmpty ? score : score * scale[row]);
        }
        return best.Sort();
    }
}
