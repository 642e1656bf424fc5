namespace Rearm.Streaming.Graphs;

/// <summary>How nearest neighbours are looked for: all of them up to a number of rows, beyond it in the nearest cells only.</summary>
/// <param name="ExactUpTo">Up to so many rows every row is compared with every other; 0: always.</param>
/// <param name="Probes">Beyond it, each row is compared with the rows of so many cells, its own included; at least 1.</param>
public readonly record struct NeighborSearch(int ExactUpTo, int Probes)
{
    /// <summary>Every row against every other.</summary>
    public static NeighborSearch Exact => default;

    /// <summary>Whether so many rows are all compared with each other.</summary>
    public bool IsExact(int rows) => ExactUpTo == 0 || rows <= ExactUpTo;
}
