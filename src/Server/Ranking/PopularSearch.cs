using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The allowed items with most users.</summary>
internal static class PopularSearch
{
    /// <summary>Fills <paramref name="best"/>, most users first; gives how many there are.</summary>
    public static int Find(LoadedGeneration generation, ReadOnlySpan<ulong> allowed, Span<ScoredRow> best)
    {
        var found = 0;
        foreach (var row in generation.ByPopularity)
        {
            if (found == best.Length)
                break;
            if (ItemSet.Contains(allowed, row))
                best[found++] = new(row, generation.Popularity[row]);
        }
        return found;
    }
}
