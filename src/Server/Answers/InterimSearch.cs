using System.Numerics.Tensors;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Puts new items, by their interim or encoded vectors, in their places among the best rows of the generation.</summary>
internal static class InterimSearch
{
    /// <summary>Offers every allowed new item with a vector. A tie goes to the row that is there.</summary>
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
        for (var item = 0; item < items.WithVector; item++)
        {
            var score = TensorPrimitives.Dot(query, items.Vector(item));
            if ((found == rows.Length && (found == 0 || score <= scores[found - 1])) || !filter.Allows(item))
                continue;
            var place = found < rows.Length ? found++ : found - 1;
            for (; place > 0 && scores[place - 1] < score; place--)
                (rows[place], scores[place]) = (rows[place - 1], scores[place - 1]);
            (rows[place], scores[place]) = (first + item, score);
        }
        return found;
    }
}
