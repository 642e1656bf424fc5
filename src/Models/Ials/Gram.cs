using Rearm.Streaming.Models.Kernels;

namespace Rearm.Streaming.Models.Ials;

/// <summary>Y'Y + lambda I: what all solutions of one side share.</summary>
internal static class Gram
{
    // So many partial sums at most; how many depends on the number of rows alone, and so does the result.
    private const int MaxChunks = 64;
    private const int MinRowsPerChunk = 256;

    // The rows' own loop takes what is left over of a row, so every width gets the widest vectors.
    private const int AnyWidth = 0;

    /// <param name="rows">Y, row-major.</param>
    /// <param name="width">f.</param>
    /// <param name="diagonal">lambda.</param>
    /// <returns>f x f.</returns>
    internal static float[] Of(float[] rows, int width, float diagonal)
    {
        var count = rows.Length / width;
        var rowsPerChunk = Math.Max(MinRowsPerChunk, (count + MaxChunks - 1) / MaxChunks);
        var sums = new ChunkSums(Math.Max(1, RowChunks.Count(count, rowsPerChunk)), width * width);
        RowChunks.Run(new GramKernel(rows, width, sums), count, rowsPerChunk, AnyWidth);
        var gram = sums.Total();
        for (var a = 0; a < width; a++)
            gram[a * width + a] += diagonal;
        return gram;
    }
}
