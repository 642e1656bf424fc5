using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The allowed items with most users.</summary>
internal static class PopularSearch
{
    /// <summary>Fills <paramref name="rows"/> and <paramref name="scores"/>, most users first.</summary>
    /// <returns>How many there are.</returns>
    public static int Find(LoadedGeneration generation, ReadOnlySpan<ulong> allowed, Span<int> rows, Span<float> scores)
    {
        var found = 0;
        foreach (var row in generation.ByPopularity)
        {
            if (found == rows.Length)
                break;
            if (!ItemSet.Contains(allowed, row))
                continue;
            (rows[found], scores[found]) = (row, generation.Popularity[row]);
            found++;
        }
        return found;
    }
}
