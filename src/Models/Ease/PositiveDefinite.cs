using System.Runtime.InteropServices;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Ease;

/// <summary>
/// The inverse of a symmetric positive definite matrix by blocks. Apart from the blocks on the diagonal it is matrix products, which are the same bits on
/// any number of threads (<see cref="LibtorchEnvironment"/>); LAPACK's decompositions of the whole are not.
/// </summary>
internal static class PositiveDefinite
{
    /// <summary>Rows of a block where nothing else is said.</summary>
    internal const int DefaultBlock = 256;

    /// <summary>Replaces a matrix by its inverse. Needs room for one more of its size.</summary>
    /// <param name="matrix">n x n, float32, contiguous.</param>
    /// <param name="block">Rows of a block.</param>
    /// <exception cref="TrainingException">It is not positive definite, or not all of it is finite.</exception>
    internal static void Invert(Tensor matrix, int block = DefaultBlock)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var diagonals = Factorise(matrix, block);
        var inverse = InvertFactor(matrix, diagonals, block);
        Square(inverse, matrix, block);
    }

    /// <summary>Cholesky, left-looking: the lower triangle of the matrix becomes L, where L L' is the matrix.</summary>
    /// <returns>The inverses of L's blocks on the diagonal.</returns>
    private static List<Tensor> Factorise(Tensor matrix, int block)
    {
        var n = matrix.shape[0];
        var inverses = new List<Tensor>();
        for (long begin = 0; begin < n; begin += block)
        {
            using var inner = NewDisposeScope();
            var (width, end) = (Math.Min(block, n - begin), Math.Min(begin + block, n));
            var panel = matrix.narrow(1, begin, width).narrow(0, begin, n - begin);
            if (begin > 0)
            {
                var before = matrix.narrow(1, 0, begin);
                panel.sub_(before.narrow(0, begin, n - begin).mm(before.narrow(0, begin, width).t()));
            }
            var top = panel.narrow(0, 0, width);
            var (factor, inverse) = FactoriseBlock(top);
            top.copy_(factor);
            if (end < n)
            {
                var below = panel.narrow(0, width, n - end);
                below.copy_(below.mm(inverse.t()));
            }
            inverses.Add(inverse.MoveToOuterDisposeScope());
        }
        return inverses;
    }

    private static (Tensor Factor, Tensor Inverse) FactoriseBlock(Tensor block)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            var factor = linalg.cholesky(block);
            // Of a lower triangle the inverse is one too; what is above are rounding errors.
            return (factor, linalg.inv(factor).tril());
        }
        catch (ExternalException e)
        {
            throw new TrainingException($"A matrix is not positive definite. ({e.Message.Split('\n')[0]})");
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <summary>M = L^-1, lower: M(i, before i) = -L(i, i)^-1 L(i, before i) M(before i, before i).</summary>
    private static Tensor InvertFactor(Tensor lower, List<Tensor> diagonals, int block)
    {
        var inverse = zeros_like(lower);
        for (var i = 0; i < diagonals.Count; i++)
        {
            using var inner = NewDisposeScope();
            var (begin, width) = ((long)i * block, diagonals[i].shape[0]);
            var rows = inverse.narrow(0, begin, width);
            rows.narrow(1, begin, width).copy_(diagonals[i]);
            if (begin == 0)
                continue;
            var before = lower.narrow(0, begin, width).narrow(1, 0, begin).mm(inverse.narrow(0, 0, begin).narrow(1, 0, begin));
            rows.narrow(1, 0, begin).copy_(diagonals[i].mm(before).neg_());
        }
        return inverse;
    }

    /// <summary>M'M: the lower triangle by blocks of rows, mirrored.</summary>
    private static void Square(Tensor lower, Tensor target, int block)
    {
        var n = lower.shape[0];
        for (long begin = 0; begin < n; begin += block)
        {
            using var inner = NewDisposeScope();
            var (width, end) = (Math.Min(block, n - begin), Math.Min(begin + block, n));
            // Above the diagonal M has nothing but zeros.
            var below = lower.narrow(0, begin, n - begin);
            var rows = below.narrow(1, begin, width).t().mm(below.narrow(1, 0, end));
            target.narrow(0, begin, width).narrow(1, 0, end).copy_(rows);
            if (begin > 0)
                target.narrow(0, 0, begin).narrow(1, begin, width).copy_(rows.narrow(1, 0, begin).t());
        }
    }
}
