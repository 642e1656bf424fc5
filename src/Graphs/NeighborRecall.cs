using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>How many of the true nearest neighbours were found, measured on a sample of rows.</summary>
public static class NeighborRecall
{
    private const int SampleSize = 200;

    // Cosines are summed here in another order than where the neighbours were found.
    private const float Rounding = 1e-5f;

    /// <summary>The share found, 0 to 1, of the neighbours that a comparison with every row gives, the row itself apart; 1 if there are none.</summary>
    /// <param name="found">The neighbours found.</param>
    /// <param name="vectors">A vector per row.</param>
    /// <param name="present">Whether each row has a vector.</param>
    /// <param name="k">Neighbours asked for per row, the row itself included.</param>
    /// <param name="ranks">Of each row (<see cref="IdOrder"/>).</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static double Measure(SparseRows found, FloatMatrix vectors, bool[] present, int k, int[] ranks, CancellationToken cancellationToken = default)
    {
        var norms = new float[present.Length];
        Parallel.For(0, norms.Length, row => norms[row] = present[row] ? TensorPrimitives.Norm((ReadOnlySpan<float>)vectors[row]) : 0);
        // Ranks are those of hashes: rows at even distances are a random sample.
        var rows = Array.FindAll(IdOrder.ByRank(ranks), row => norms[row] > 0);
        var size = Math.Min(SampleSize, rows.Length);
        var sample = Enumerable.Range(0, size).Select(n => rows[(int)((long)n * rows.Length / size)]).ToArray();
        var (hits, all) = (0L, 0L);
        Parallel.ForEach(sample, new ParallelOptions { CancellationToken = cancellationToken }, row =>
        {
            var worst = KthCosine(vectors, norms, rows, row, k - 1, ranks);
            var (right, expected) = (0, Math.Min(k - 1, rows.Length - 1));
            for (var n = 0; n < found.Degree(row); n++)
                if (found.RowColumns(row)[n] != row && found.RowValues(row)[n] >= worst - Rounding)
                    right++;
            Interlocked.Add(ref hits, right);
            Interlocked.Add(ref all, expected);
        });
        return all == 0 ? 1 : (double)hits / all;
    }

    private static float KthCosine(FloatMatrix vectors, float[] norms, int[] rows, int row, int k, int[] ranks)
    {
        var count = 0;
        var scores = new float[Math.Min(k, rows.Length)];
        var top = new TopK(new int[scores.Length], scores, ref count, ranks);
        foreach (var other in rows)
            if (other != row)
                top.Offer(other, TensorPrimitives.Dot((ReadOnlySpan<float>)vectors[row], vectors[other]) / (norms[row] * norms[other]));
        return top.Sort() == 0 ? float.NegativeInfinity : scores[count - 1];
    }
}
