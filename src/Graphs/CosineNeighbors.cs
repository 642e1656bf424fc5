using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>Cosine k-nearest neighbours (eq. 2), exact: every row against every other.</summary>
public static class CosineNeighbors
{
    private const int Lanes = 8;
    private const int RowBlock = FloatMatrix.RowsTogether;
    private const int RowStep = 2;
    private const int ColumnStep = 4;

    /// <summary>
    /// The k nearest of each row, the row itself always among them, with the cosines. Every cosine is summed in one order that depends
    /// neither on the row's place nor on the machine's vector width, so the result is the same bits whatever the order of rows.
    /// </summary>
    /// <param name="vectors">A vector per row; need not be scaled.</param>
    /// <param name="present">Whether each row has a vector. A row without one, or with a zero vector, has no neighbours and is nobody's neighbour.</param>
    /// <param name="k">Neighbours per row, the row itself included; at least 1.</param>
    /// <param name="ranks">Of each row, for ties (<see cref="IdOrder"/>).</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static SparseRows TopK(FloatMatrix vectors, bool[] present, int k, int[] ranks, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ranks.Length, present.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Rows, present.Length, nameof(vectors));
        var (nodes, matrix) = Scale(vectors, present);
        if (nodes.Length == 0)
            return SparseRows.Empty(present.Length);
        k = Math.Min(k, nodes.Length);
        var top = new TopRows(present.Length, k, ranks);
        Parallel.For(
            0, (nodes.Length + RowBlock - 1) / RowBlock, new ParallelOptions { CancellationToken = cancellationToken },
            () => new float[RowBlock],
            (block, _, own) =>
            {
                ScoreBlock(matrix, nodes, block * RowBlock, top, own);
                for (var r = block * RowBlock; r < Math.Min((block + 1) * RowBlock, nodes.Length); r++)
                    top.SortAfterOwn(nodes[r], own[r % RowBlock]);
                return own;
            },
            _ => { });
        return top.Pack();
    }

    /// <summary>The rows that are not zero, scaled to length 1 and padded with zeros to whole SIMD vectors and whole blocks of rows.</summary>
    private static (int[] Nodes, FloatMatrix Matrix) Scale(FloatMatrix vectors, bool[] present)
    {
        var nodes = Enumerable.Range(0, present.Length).Where(r => present[r] && vectors[r].ContainsAnyExcept(0f)).ToArray();
        var matrix = new FloatMatrix((nodes.Length + RowBlock - 1) / RowBlock * RowBlock, (vectors.Columns + Lanes - 1) / Lanes * Lanes);
        for (var n = 0; n < nodes.Length; n++)
        {
            var row = vectors[nodes[n]];
            var scaled = matrix[n];
            var squares = 0.0;
            foreach (var value in row)
                squares += (double)value * value;
            var scale = 1 / Math.Sqrt(squares);
            for (var d = 0; d < row.Length; d++)
                scaled[d] = (float)(row[d] * scale);
        }
        return (nodes, matrix);
    }

    private static void ScoreBlock(FloatMatrix matrix, int[] nodes, int start, TopRows top, float[] own)
    {
        // Four columns stay in the first-level cache while the block's rows, in the second-level one, pass by.
        Span<float> scores = stackalloc float[RowStep * ColumnStep];
        Span<float> floors = stackalloc float[RowBlock];
        floors.Fill(float.NegativeInfinity);
        var rows = Math.Min(RowBlock, nodes.Length - start);
        var stride = matrix.Columns;
        ref var firstRow = ref MemoryMarshal.GetReference(matrix.From(start));
        for (var column = 0; column < nodes.Length; column += ColumnStep)
        {
            ref var firstColumn = ref MemoryMarshal.GetReference(matrix.From(column));
            for (var row = 0; row < rows; row += RowStep)
            {
                Score(ref Unsafe.Add(ref firstRow, row * stride), ref firstColumn, stride, scores);
                for (var r = 0; r < Math.Min(RowStep, rows - row); r++)
                    for (var c = 0; c < Math.Min(ColumnStep, nodes.Length - column); c++)
                    {
                        var score = scores[r * ColumnStep + c];
                        var itself = start + row + r == column + c;
                        if (itself)
                            (own[row + r], score) = (score, float.PositiveInfinity);
                        // Most scores are too low; rejecting them here saves looking at the row.
                        if (score < floors[row + r])
                            continue;
                        var neighbors = top[nodes[start + row + r]];
                        neighbors.Offer(nodes[column + c], score);
                        floors[row + r] = neighbors.Floor;
                    }
            }
        }
    }

    /// <summary>Inner products of 2 rows with 4 columns: eight sums in registers, each in the same order as every other.</summary>
    private static void Score(ref float r0, ref float c0, int stride, Span<float> scores)
    {
        ref var r1 = ref Unsafe.Add(ref r0, stride);
        ref var c1 = ref Unsafe.Add(ref c0, stride);
        ref var c2 = ref Unsafe.Add(ref c1, stride);
        ref var c3 = ref Unsafe.Add(ref c2, stride);
        Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default, s13 = default;
        for (nuint d = 0; d < (nuint)stride; d += Lanes)
        {
            var a = Vector256.LoadUnsafe(ref r0, d);
            var b = Vector256.LoadUnsafe(ref r1, d);
            var v = Vector256.LoadUnsafe(ref c0, d);
            s00 = Vector256.FusedMultiplyAdd(a, v, s00);
            s10 = Vector256.FusedMultiplyAdd(b, v, s10);
            v = Vector256.LoadUnsafe(ref c1, d);
            s01 = Vector256.FusedMultiplyAdd(a, v, s01);
            s11 = Vector256.FusedMultiplyAdd(b, v, s11);
            v = Vector256.LoadUnsafe(ref c2, d);
            s02 = Vector256.FusedMultiplyAdd(a, v, s02);
            s12 = Vector256.FusedMultiplyAdd(b, v, s12);
            v = Vector256.LoadUnsafe(ref c3, d);
            s03 = Vector256.FusedMultiplyAdd(a, v, s03);
            s13 = Vector256.FusedMultiplyAdd(b, v, s13);
        }
        scores[0] = Sum(s00);
        scores[1] = Sum(s01);
        scores[2] = Sum(s02);
        scores[3] = Sum(s03);
        scores[4] = Sum(s10);
        scores[5] = Sum(s11);
        scores[6] = Sum(s12);
        scores[7] = Sum(s13);
    }

    // Not Vector256.Sum: its order of summation is unspecified.
    private static float Sum(Vector256<float> v)
    {
        var s = v.GetLower() + v.GetUpper();
        s += Vector128.Shuffle(s, Vector128.Create(2, 3, 0, 1));
        return s.ToScalar() + s.GetElement(1);
    }
}
