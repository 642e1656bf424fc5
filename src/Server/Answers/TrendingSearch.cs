using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Answers;

/// <summary>The allowed items with most users lately, those that the generation does not know included; then the generation's most popular.</summary>
internal static class TrendingSearch
{
    /// <summary>Adds at most k items, best first. One that is not trending has the score 0.</summary>
    /// <param name="generation">Its generation.</param>
    /// <param name="trending">The list.</param>
    /// <param name="allowed">The generation's rows that may be answered.</param>
    /// <param name="filter">Which items that the generation does not know may be answered.</param>
    /// <param name="k">How many.</param>
    /// <param name="answer">Takes them.</param>
    public static void Find(
        LoadedGeneration generation, TrendingItems trending, ReadOnlySpan<ulong> allowed, NewItemFilter filter, int k,
        ICollection<ScoredItem> answer)
    {
        var taken = new HashSet<int>();
        for (var i = 0; i < trending.ItemIds.Count && answer.Count < k; i++)
        {
            var id = trending.ItemIds[i];
            var isKnown = generation.TryGetItem(id, out var row);
            if (isKnown ? ItemSet.Contains(allowed, row) && taken.Add(row) : filter.Allows(id))
                answer.Add(new() { ItemId = id, Score = trending.Scores[i] });
        }
        foreach (var row in generation.ByPopularity)
        {
            if (answer.Count >= k)
                break;
            if (ItemSet.Contains(allowed, row) && taken.Add(row))
                answer.Add(new() { ItemId = generation.ItemIds[row], Score = 0 });
        }
    }
}
