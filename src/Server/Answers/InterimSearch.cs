using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Puts new items, by their interim or encoded vectors, in their places among the best rows of the generation.</summary>
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
        for (var item = 0; item < items.WithVector; item++)
        {
            var score = TensorPrimitives.Dot(query, items.Vector(item));
            if (byCosine)
                score *= items.InverseLengths[item];
            var isFull = found == rows.Length;
            if (isFull && (found == 0 || !IsBefore(item, score, rows[found - 1], scores[found - 1])))
                continue;
            if (!after.IsBefore(score, items.Hash(item)) || !filter.Allows(item))
                continue;
            var place = isFull ? found - 1 : found++;
            for (; place > 0 && IsBefore(item, score, rows[place - 1], scores[place - 1]); place--)
                (rows[place], scores[place]) = (rows[place - 1], scores[place - 1]);
            (rows[place], scores[place]) = (itemIds.Count + item, score);
        }
        return found;

        // New items come in the order of their hashes, so that one never goes before another with the same score.
        bool IsBefore(int item, float score, int row, float other) =>
            score > other || (score == other && row < itemIds.Count && items.Hash(item) < itemIds.Hash(row));
    }
}
