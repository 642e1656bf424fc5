using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;

namespace Rearm.Streaming.Models.Ials;

/// <summary>Solves for all vectors of one side.</summary>
/// <param name="rows">Per row what it touched, with c - 1 as values.</param>
/// <param name="gram">f x f.</param>
/// <param name="others">The other side, row-major.</param>
/// <param name="solved">This side, row-major; where the steps begin.</param>
/// <param name="width">f.</param>
/// <param name="steps">Steps of conjugate gradient.</param>
internal readonly unsafe struct SolveKernel(SparseRows rows, float[] gram, float[] others, float[] solved, int width, int steps) : IRowKernel
{
    /// <inheritdoc/>
    public void Rows<TFloat, TInt>(int chunk, int begin, int end)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        var numbers = stackalloc int[width];
        for (var n = 0; n < width; n++)
            numbers[n] = n;
        fixed (float* matrix = gram, fixedSide = others, surplus = rows.Values)
        fixed (int* touched = rows.Columns)
        {
            var gradient = new ConjugateGradient<TFloat, TInt>(matrix, fixedSide, numbers, width);
            for (var row = begin; row < end; row++)
            {
                var (first, count) = (rows.Pointers[row], rows.Degree(row));
                var x = solved.AsSpan(row * width, width);
                // Who touched nothing is nobody, exactly.
                if (count == 0)
                    x.Clear();
                else
                    gradient.Solve(touched + first, surplus + first, count, steps, x);
            }
        }
    }
}
