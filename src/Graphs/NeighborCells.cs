namespace Rearm.Streaming.Graphs;

/// <summary>
/// The rows that have a vector, scaled to length 1 and laid out cell by cell: rows of a cell are near each other, and are compared with the rows of
/// the cells nearest to theirs. With one cell, every row is compared with every other. The cells depend on ids and vectors alone, not on the order
/// of rows.
/// </summary>
internal sealed class NeighborCells
{
    // Rows that lie one behind the other whatever their width.
    private const int Block = FloatMatrix.RowsTogether;

    // Users of one and the same item have one and the same vector: a cell that is this many times as large as it should be is cut into parts.
    private const int LargestOfMean = 4;

    private NeighborCells(FloatMatrix matrix, int[] rows, IReadOnlyList<Range> cells, IReadOnlyList<int[]> probes) =>
        (Matrix, Rows, Cells, Probes) = (matrix, rows, cells, probes);

    /// <summary>The scaled vectors by place, padded with zeros: rows to whole SIMD vectors, cells to whole blocks of 64 places.</summary>
    public FloatMatrix Matrix { get; }

    /// <summary>Of each place the row; -1 for padding.</summary>
    public int[] Rows { get; }

    /// <summary>The places of each cell, without its padding.</summary>
    public IReadOnlyList<Range> Cells { get; }

    /// <summary>Of each cell the cells that its rows are compared with, itself first.</summary>
    public IReadOnlyList<int[]> Probes { get; }

    /// <summary>Rows with a vector other than zero.</summary>
    public int Count { get; private init; }

    /// <summary>Lays out the rows.</summary>
    /// <param name="vectors">A vector per row; need not be scaled.</param>
    /// <param name="present">Whether each row has a vector.</param>
    /// <param name="ranks">Of each row (<see cref="IdOrder"/>).</param>
    /// <param name="search">How many cells, and how many of them to look at.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static NeighborCells Of(FloatMatrix vectors, bool[] present, int[] ranks, NeighborSearch search, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(0, present.Length).Where(r => present[r] && vectors[r].ContainsAnyExcept(0f)).ToArray();
        if (search.IsExact(rows.Length))
            return Lay(vectors, rows.Length, [rows], [[0]]);
        var byRank = Array.FindAll(IdOrder.ByRank(ranks), r => present[r] && vectors[r].ContainsAnyExcept(0f));
        var centroids = Centroids.Of(vectors, byRank, cancellationToken);
        var (cells, centroidOf) = Split(centroids.Assign(vectors, byRank, cancellationToken), byRank, centroids.Count);
        return Lay(vectors, rows.Length, cells, Nearest(centroids, centroidOf, search.Probes, cancellationToken));
    }

    /// <summary>The rows of each cell in order of rank, and the centroid of each.</summary>
    private static (List<int[]> Cells, List<int> CentroidOf) Split(int[] assigned, int[] byRank, int centroids)
    {
        var members = new List<int>[centroids];
        for (var n = 0; n < byRank.Length; n++)
            (members[assigned[n]] ??= []).Add(byRank[n]);
        var largest = Math.Max(Block, LargestOfMean * byRank.Length / centroids);
        var (cells, centroidOf) = (new List<int[]>(), new List<int>());
        for (var c = 0; c < centroids; c++)
            foreach (var part in (members[c] ?? []).Chunk(largest))
            {
                cells.Add(part);
                centroidOf.Add(c);
            }
        return (cells, centroidOf);
    }

    private static List<int[]> Nearest(Centroids centroids, List<int> centroidOf, int probes, CancellationToken cancellationToken)
    {
        var cellsOf = Enumerable.Range(0, centroidOf.Count).ToLookup(cell => centroidOf[cell]);
        var present = Enumerable.Range(0, centroids.Count).Select(cellsOf.Contains).ToArray();
        int[] ranks = [.. Enumerable.Range(0, centroids.Count)];
        var near = CosineNeighbors.TopK(centroids.Matrix, present, probes, ranks, NeighborSearch.Exact, cancellationToken: cancellationToken);
        return [.. centroidOf.Select((centroid, cell) =>
            near.RowColumns(centroid).ToArray().Prepend(centroid).SelectMany(c => cellsOf[c]).Prepend(cell).Distinct().Take(probes).ToArray())];
    }

    private static NeighborCells Lay(FloatMatrix vectors, int count, IReadOnlyList<int[]> cells, IReadOnlyList<int[]> probes)
    {
        var ranges = new List<Range>(cells.Count);
        var places = 0;
        foreach (var cell in cells)
        {
            ranges.Add(places..(places + cell.Length));
            places = checked(places + (cell.Length + Block - 1) / Block * Block);
        }
        var rows = new int[places];
        Array.Fill(rows, -1);
        for (var c = 0; c < cells.Count; c++)
            cells[c].CopyTo(rows, ranges[c].Start.Value);
        var matrix = new FloatMatrix(places, InnerProducts.Padded(vectors.Columns));
        Parallel.For(0, places, place =>
        {
            if (rows[place] >= 0)
                UnitVector.Write(vectors[rows[place]], matrix[place]);
        });
        return new(matrix, rows, ranges, probes) { Count = count };
    }
}
