using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Cosine k-nearest neighbours (eq. 2): every row against every other, or, of very many rows, against those of the nearest cells.</summary>
public static class CosineNeighbors
{
    private const int RowBlock = FloatMatrix.RowsTogether;
    private const int RowStep = InnerProducts.RowStep;
    private const int ColumnStep = InnerProducts.ColumnStep;

    /// <summary>
    /// The k nearest of each row, the row itself always among them, with the cosines. Every cosine is summed in one order that depends
    /// neither on the row's place nor on the machine's vector width, so the result is the same bits whatever the order of rows.
    /// </summary>
    /// <param name="vectors">A vector per row; need not be scaled.</param>
    /// <param name="present">Whether each row has a vector. A row without one, or with a zero vector, has no neighbours and is nobody's neighbour.</param>
    /// <param name="k">Neighbours per row, the row itself included; at least 1.</param>
    /// <param name="ranks">Of each row, for ties (<see cref="IdOrder"/>).</param>
    /// <param name="search">Where to look.</param>
    /// <param name="progress">Told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static SparseRows TopK(
        FloatMatrix vectors, bool[] present, int k, int[] ranks, NeighborSearch search = default, IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ranks.Length, present.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Rows, present.Length, nameof(vectors));
        var cells = NeighborCells.Of(vectors, present, ranks, search, cancellationToken);
        if (cells.Count == 0)
            return SparseRows.Empty(present.Length);
        var top = new TopRows(present.Length, Math.Min(k, cells.Count), ranks);
        var blocks = Blocks(cells);
        var done = 0L;
        Parallel.For(
            0, blocks.Count, new ParallelOptions { CancellationToken = cancellationToken },
            () => new float[RowBlock],
            (block, _, own) =>
            {
                var (cell, rows) = blocks[block];
                ScoreBlock(cells, cell, rows, top, own);
                for (var place = rows.Start.Value; place < rows.End.Value; place++)
                    top.SortAfterOwn(cells.Rows[place], own[place - rows.Start.Value]);
                progress?.Report(Interlocked.Add(ref done, rows.End.Value - rows.Start.Value));
                return own;
            },
            _ => { });
        return top.Pack();
    }

    private static List<(int Cell, Range Places)> Blocks(NeighborCells cells)
    {
        var blocks = new List<(int, Range)>();
        for (var cell = 0; cell < cells.Cells.Count; cell++)
            for (var start = cells.Cells[cell].Start.Value; start < cells.Cells[cell].End.Value; start += RowBlock)
                blocks.Add((cell, start..Math.Min(start + RowBlock, cells.Cells[cell].End.Value)));
        return blocks;
    }

    private static void ScoreBlock(NeighborCells cells, int cell, Range places, TopRows top, float[] own)
    {
        Span<float> floors = stackalloc float[RowBlock];
        floors.Fill(float.NegativeInfinity);
        foreach (var probe in cells.Probes[cell])
            ScoreBlock(cells, places, cells.Cells[probe], top, floors, own);
    }

    private static void ScoreBlock(NeighborCells cells, Range places, Range columns, TopRows top, Span<float> floors, float[] own)
    {
        // Four columns stay in the first-level cache while the block's rows, in the second-level one, pass by.
        Span<float> scores = stackalloc float[RowStep * ColumnStep];
        var (start, rows, end) = (places.Start.Value, places.End.Value - places.Start.Value, columns.End.Value);
        var stride = cells.Matrix.Columns;
        ref var firstRow = ref MemoryMarshal.GetReference(cells.Matrix.From(start));
        for (var column = columns.Start.Value; column < end; column += ColumnStep)
        {
            ref var firstColumn = ref MemoryMarshal.GetReference(cells.Matrix.From(column));
            for (var row = 0; row < rows; row += RowStep)
            {
                InnerProducts.Score(ref Unsafe.Add(ref firstRow, row * stride), ref firstColumn, stride, scores);
                for (var r = 0; r < Math.Min(RowStep, rows - row); r++)
                    for (var c = 0; c < Math.Min(ColumnStep, end - column); c++)
                    {
                        var score = scores[r * ColumnStep + c];
                        var itself = start + row + r == column + c;
                        if (itself)
                            (own[row + r], score) = (score, float.PositiveInfinity);
                        // Most scores are too low; rejecting them here saves looking at the row.
                        if (score < floors[row + r])
                            continue;
                        var neighbors = top[cells.Rows[start + row + r]];
                        neighbors.Offer(cells.Rows[column + c], score);
                        floors[row + r] = neighbors.Floor;
                    }
            }
        }
    }
}
