namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Work on the rows of a matrix, written once for any vector width. Implementations are structs, so that the JIT compiles each for its own.
/// Their loops must not be inlined (<see cref="Loop"/>).
/// </summary>
internal interface IRowKernel
{
    /// <summary>Computes some rows.</summary>
    /// <param name="chunk">Which of the chunks they are, for sums over rows (<see cref="ChunkSums"/>).</param>
    /// <param name="begin">The first row.</param>
    /// <param name="end">After the last row.</param>
    void Rows<TFloat, TInt>(int chunk, int begin, int end)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>;
}
