using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Ials;

/// <summary>The alternation of Hu et al.: all users for fixed items, all items for fixed users, in managed SIMD on all cores.</summary>
internal static class IalsFactorization
{
    private const int RowsPerChunk = 128;

    // Loops over a row take what is left over of it, so every width gets the widest vectors.
    private const int AnyWidth = 0;

    /// <summary>Factors for interactions; the same seed gives the same bits on any number of threads.</summary>
    /// <exception cref="TrainingException">They are not finite.</exception>
    internal static ModelVectors Fit(
        InteractionMatrix interactions, int items, IalsHyperParameters hyper, int seed, CancellationToken cancellationToken, IProgress<long>? progress = null)
    {
        var f = hyper.Factors;
        var surplus = Surplus(interactions, hyper.Alpha);
        var touchedBy = surplus.Transpose(items);
        var (users, factors) = (new float[checked(interactions.Users * f)], Start(checked(items * f), f, seed));
        for (var iteration = 0; iteration < hyper.Iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Solve(surplus, factors, users, hyper);
            Solve(touchedBy, users, factors, hyper);
            progress?.Report(iteration + 1);
        }
        return new ModelVectors(f, users, factors).RequireFinite($"Look for huge or missing weights of interactions, or lower alpha ({hyper.Alpha:g}).");
    }

    private static void Solve(SparseRows rows, float[] fixedSide, float[] solved, IalsHyperParameters hyper)
    {
        var f = hyper.Factors;
        var gram = Gram.Of(fixedSide, f, (float)hyper.Regularization);
        RowChunks.Run(new SolveKernel(rows, gram, fixedSide, solved, f, hyper.Steps), rows.Rows, RowsPerChunk, AnyWidth);
    }

    private static SparseRows Surplus(InteractionMatrix interactions, double alpha)
    {
        var relative = InteractionWeights.Relative(interactions);
        return new(relative.Pointers, relative.Columns, Array.ConvertAll(relative.Values, w => (float)(alpha * w)));
    }

    // Small, so that the first solutions are led by the data and not by where they began.
    private static float[] Start(int count, int factors, int seed)
    {
        var random = new Random(seed);
        var scale = 0.1 / Math.Sqrt(factors);
        var start = new float[count];
        for (var i = 0; i < count; i++)
            start[i] = (float)((random.NextDouble() * 2 - 1) * scale);
        return start;
    }
}
