using System.Numerics.Tensors;
using Rearm.Streaming.Models.Kernels;

namespace Rearm.Streaming.Models.Ials;

/// <summary>Y'Y of some rows: row a of it is the sum of the rows of Y by their own a-th numbers.</summary>
/// <param name="rows">Y, row-major.</param>
/// <param name="width">f.</param>
/// <param name="sums">Takes f x f sums of each chunk.</param>
internal readonly unsafe struct GramKernel(float[] rows, int width, ChunkSums sums) : IRowKernel
{
    // So many rows are turned at a time; they stay in the first-level cache.
    private const int Block = 32;

    /// <inheritdoc/>
    public void Rows<TFloat, TInt>(int chunk, int begin, int end)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        var numbers = stackalloc int[Block];
        var column = stackalloc float[Block];
        var product = new float[width];
        for (var n = 0; n < Block; n++)
            numbers[n] = n;
        fixed (float* all = rows, target = product)
            for (var first = begin; first < end; first += Block)
            {
                var count = Math.Min(Block, end - first);
                var block = all + (long)first * width;
                for (var a = 0; a < width; a++)
                {
                    for (var n = 0; n < count; n++)
                        column[n] = block[n * width + a];
                    SparseProduct<TFloat, TInt>.Row(numbers, column, 0, count, block, target, width);
                    var sum = sums[chunk].Slice(a * width, width);
                    TensorPrimitives.Add(sum, product, sum);
                }
            }
    }
}
