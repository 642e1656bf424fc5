using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Splits the rows of a kernel among threads. The chunks depend on the number of rows alone, and no kernel adds up across chunks, so results
/// are the same bits whatever the number of threads.
/// </summary>
internal static class RowChunks
{
    /// <summary>Runs <paramref name="body"/>(begin, end) for all chunks, on as many threads as tensor operators use.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="rowsPerChunk">Enough work to be worth handing to a thread, little enough to balance hubs.</param>
    /// <param name="body">Computes the rows [begin, end).</param>
    public static void Run(int rows, int rowsPerChunk, Action<int, int> body)
    {
        var chunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
        if (chunks <= 1)
        {
            body(0, rows);
            return;
        }
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, get_num_threads()) },
            chunk => body(chunk * rowsPerChunk, Math.Min(rows, (chunk + 1) * rowsPerChunk)));
    }
}
