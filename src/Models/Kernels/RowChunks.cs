using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Splits the rows of a kernel among threads. The chunks depend on the number of rows alone, and what is summed over rows is summed by chunk
/// (<see cref="ChunkSums"/>), so results are the same bits whatever the number of threads.
/// </summary>
internal static class RowChunks
{
    /// <summary>How many chunks there are.</summary>
    public static int Count(int rows, int rowsPerChunk) => (rows + rowsPerChunk - 1) / rowsPerChunk;

    /// <summary>Runs <paramref name="body"/>(chunk, begin, end) for all chunks, on as many threads as tensor operators use.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowsPerChunk">Enough work to be worth handing to a thread, little enough to balance hubs.</param>
    /// <param name="body">Computes the rows [begin, end).</param>
    public static void Run(int rows, int rowsPerChunk, Action<int, int, int> body)
    {
        var chunks = Count(rows, rowsPerChunk);
        if (chunks <= 1)
        {
            body(0, 0, rows);
            return;
        }
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) },
            chunk => body(chunk, chunk * rowsPerChunk, Math.Min(rows, (chunk + 1) * rowsPerChunk)));
    }

    /// <summary>Runs a kernel over all chunks, at the widest vectors that this machine has and that divide the width of a row.</summary>
    /// <param name="kernel">What to compute.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowsPerChunk">Enough work to be worth handing to a thread.</param>
    /// <param name="width">The kernel's loops over a row have a multiple of this many steps.</param>
    public static void Run<TKernel>(TKernel kernel, int rows, int rowsPerChunk, int width) where TKernel : struct, IRowKernel
    {
        if (Vector512.IsHardwareAccelerated && width % Floats16.Count == 0)
            Run(rows, rowsPerChunk, kernel.Rows<Floats16, Ints16>);
        else if (Vector256.IsHardwareAccelerated && width % Floats8.Count == 0)
            Run(rows, rowsPerChunk, kernel.Rows<Floats8, Ints8>);
        else if (width % Floats4.Count == 0)
            Run(rows, rowsPerChunk, kernel.Rows<Floats4, Ints4>);
        else
            Run(rows, rowsPerChunk, kernel.Rows<Floats1, Ints1>);
    }
}
