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
    /// <summary>Offers every allowed new item with a vector. Ties go by the stable hash of the ids, as they do among the rows of a generation.</summary>
    /// <param name="query">The vector, d wide.</param>
    /// <param name="items">The new items.</param>
    /// <param name="filter">Which of them may be answered.</param>
    /// <param name="after">Only those that come after this.</param>
    /// <param name="itemIds">The ids of the generation's rows; a new item's row is counted from their number.</param>
    /// <param name="rows">The best rows, best first; its length is k.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="found">How many there are.</param>
    /// <param name="byCosine">Whether scores are divided by the items' lengths.</param>
    /// <returns>How many there are then.</returns>
    public static int Merge(
        ReadOnlySpan<float> query, NewItems items, NewItemFilter filter, Cursor after, ItemIds itemIds, Span<int> rows, Span<float> scores, int found,
        bool byCosine = false)
    {
        if (rows.Length == 0)
            return 0;
        // What codes say of scores, they do not say of cosines.
        if (byCosine)
        {
            for (var item = 0; item < items.WithVector; item++)
                Offer(item, query, rows, scores);
            return found;
        }
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
            var score = TensorPrimitives.Dot(query, items.Vector(item));
            if (byCosine)
                score *= items.InverseLength(item);
            var isFull = found == rows.Length;
            if ((isFull && !IsBefore(item, score, rows[found - 1], scores[found - 1])) || !after.IsBefore(score, items.Hash(item)) || !filter.Allows(item))
                return;
            var place = isFull ? found - 1 : found++;
            for (; place > 0 && IsBefore(item, score, rows[place - 1], scores[place - 1]); place--)
                (rows[place], scores[place]) = (rows[place - 1], scores[place - 1]);
            (rows[place], scores[place]) = (itemIds.Count + item, score);
        }

        // New items' rows are in the order of their hashes.
        bool IsBefore(int item, float score, int row, float other) =>
            score > other || (score == other && (row < itemIds.Count ? items.Hash(item) < itemIds.Hash(row) : itemIds.Count + item < row));
    }
}
