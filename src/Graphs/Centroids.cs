using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Graphs;

/// <summary>
/// Directions that the vectors gather around: spherical k-means on a sample. Sample and sums go by the order of ranks, so that the same ids and vectors
/// give the same bits in any order of rows and on any number of threads.
/// </summary>
internal sealed class Centroids
{
    private const int SampleOfEach = 40;
    private const int Rounds = 6;
    private const int Block = FloatMatrix.RowsTogether;

    private Centroids(FloatMatrix matrix, int count) => (Matrix, Count) = (matrix, count);

    /// <summary>The directions, scaled to length 1; zeros where one has been given up.</summary>
    public FloatMatrix Matrix { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>About as many as the square root of the number of rows: as many to choose from as rows in each.</summary>
    /// <param name="vectors">A vector per row; need not be scaled.</param>
    /// <param name="byRank">The rows with a vector, by rank.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Centroids Of(FloatMatrix vectors, int[] byRank, CancellationToken cancellationToken)
    {
        var count = (int)Math.Ceiling(Math.Sqrt(byRank.Length));
        // Ranks are those of hashes: rows at even distances are a random sample.
        var sample = Evenly(byRank, (int)Math.Min(byRank.Length, (long)count * SampleOfEach));
        var matrix = new FloatMatrix(count, InnerProducts.Padded(vectors.Columns));
        var first = Evenly(sample, count);
        for (var c = 0; c < count; c++)
            UnitVector.Write(vectors[first[c]], matrix[c]);
        var centroids = new Centroids(matrix, count);
        for (var round = 0; round < Rounds; round++)
            centroids.Move(vectors, sample, centroids.Assign(vectors, sample, cancellationToken));
        return centroids;
    }

    /// <summary>Of each of the rows the nearest centroid; of equally near ones the first.</summary>
    public int[] Assign(FloatMatrix vectors, int[] rows, CancellationToken cancellationToken)
    {
        var nearest = new int[rows.Length];
        var columns = Stacked();
        Parallel.For(
            0, (rows.Length + Block - 1) / Block, new ParallelOptions { CancellationToken = cancellationToken },
            () => new FloatMatrix(Block, Matrix.Columns),
            (block, _, scaled) =>
            {
                var start = block * Block;
                var count = Math.Min(Block, rows.Length - start);
                for (var r = 0; r < count; r++)
                    UnitVector.Write(vectors[rows[start + r]], scaled[r]);
                Nearest(scaled, columns, nearest.AsSpan(start, count));
                return scaled;
            },
            _ => { });
        return nearest;
    }

    // Groups of columns must lie one behind the other, and the last group must be whole.
    private FloatMatrix Stacked()
    {
        var columns = new FloatMatrix((Count + InnerProducts.ColumnStep - 1) / InnerProducts.ColumnStep * InnerProducts.ColumnStep, Matrix.Columns);
        for (var c = 0; c < Count; c++)
            Matrix[c].CopyTo(columns[c]);
        return columns;
    }

    private void Nearest(FloatMatrix scaled, FloatMatrix columns, Span<int> nearest)
    {
        Span<float> scores = stackalloc float[InnerProducts.RowStep * InnerProducts.ColumnStep];
        Span<float> best = stackalloc float[Block];
        best.Fill(float.NegativeInfinity);
        var stride = scaled.Columns;
        ref var firstRow = ref MemoryMarshal.GetReference(scaled.From(0));
        for (var column = 0; column < Count; column += InnerProducts.ColumnStep)
        {
            ref var firstColumn = ref MemoryMarshal.GetReference(columns.From(column));
            for (var row = 0; row < nearest.Length; row += InnerProducts.RowStep)
            {
                InnerProducts.Score(ref Unsafe.Add(ref firstRow, row * stride), ref firstColumn, stride, scores);
                for (var r = 0; r < Math.Min(InnerProducts.RowStep, nearest.Length - row); r++)
                    for (var c = 0; c < Math.Min(InnerProducts.ColumnStep, Count - column); c++)
                        if (scores[r * InnerProducts.ColumnStep + c] > best[row + r])
                            (best[row + r], nearest[row + r]) = (scores[r * InnerProducts.ColumnStep + c], column + c);
            }
        }
    }

    /// <summary>Puts each centroid into the middle of the rows nearest to it; one without rows stays where it is.</summary>
    private void Move(FloatMatrix vectors, int[] sample, int[] assigned)
    {
        var members = Enumerable.Range(0, sample.Length).ToLookup(n => assigned[n], n => sample[n]);
        Parallel.For(
            0, Count,
            () => (Sum: new double[vectors.Columns], Scaled: new float[vectors.Columns]),
            (centroid, _, own) =>
            {
                Array.Clear(own.Sum);
                foreach (var row in members[centroid])
                {
                    UnitVector.Write(vectors[row], own.Scaled);
                    for (var d = 0; d < own.Sum.Length; d++)
                        own.Sum[d] += own.Scaled[d];
                }
                // Opposite vectors may cancel each other out.
                for (var d = 0; d < own.Sum.Length; d++)
                    own.Scaled[d] = (float)own.Sum[d];
                if (own.Scaled.AsSpan().ContainsAnyExcept(0f))
                    UnitVector.Write(own.Scaled, Matrix[centroid]);
                return own;
            },
            _ => { });
    }

    private static int[] Evenly(int[] rows, int count)
    {
        var chosen = new int[count];
        for (var n = 0; n < count; n++)
            chosen[n] = rows[(int)((long)n * rows.Length / count)];
        return chosen;
    }
}
