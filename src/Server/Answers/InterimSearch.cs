using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Puts new items, by their interim or encoded vectors, in their places among the best rows of the generation. Exact: codes only say of which items the score
/// can't be high enough.
/// </summary>
internal static class InterimSearch
{
    /// <summary>Offers every allowed new item with a vector. A tie goes to the lower row, and so to the generation's.</summary>
    /// <param name="query">The vector, d wide.</param>
    /// <param name="items">The new items.</param>
    /// <param name="filter">Which of them may be answered.</param>
    /// <param name="first">What a new item's row is counted from: the rows of the generation.</param>
    /// <param name="rows">The best rows, best first; its length is k.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="found">How many there are.</param>
    /// <returns>How many there are then.</returns>
    public static int Merge(ReadOnlySpan<float> query, NewItems items, NewItemFilter filter, int first, Span<int> rows, Span<float> scores, int found)
    {
        if (rows.Length == 0)
            return 0;
        foreach (var item in items.NotCoded)
            Offer(item, query, rows, scores);
        if (items.Codes is not { } codes)
            return found;
        var scan = CodeScan.Own;
        scan.Begin(query);
        for (var chunk = 0; chunk < CodeScan.Chunks(codes); chunk++)
            foreach (var code in scan.Reaching(codes, chunk, found < rows.Length ? float.NegativeInfinity : scores[found - 1]))
                if (items.RowOf(code) is >= 0 and var item)
                    Offer(item, query, rows, scores);
        return found;

        void Offer(int item, ReadOnlySpan<float> query, Span<int> rows, Span<float> scores)
        {
            var (row, score) = (first + item, TensorPrimitives.Dot(query, items.Vector(item)));
            if ((found == rows.Length && !IsBefore(row, score, rows[found - 1], scores[found - 1])) || !filter.Allows(item))
                return;
            var place = found < rows.Length ? found++ : found - 1;
            for (; place > 0 && IsBefore(row, score, rows[place - 1], scores[place - 1]); place--)
                (rows[place], scores[place]) = (rows[place - 1], scores[place - 1]);
            (rows[place], scores[place]) = (row, score);
        }
    }

    private static bool IsBefore(int row, float score, int other, float otherScore) => score > otherScore || (score == otherScore && row < other);
}
