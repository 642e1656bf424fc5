using System.Runtime.Intrinsics;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>What a scan does in its innermost loops, at one SIMD width.</summary>
internal abstract unsafe class ScanKernel
{
    /// <summary>Blocks of a chunk: what one call works on, a bit of a 32-bit number for each.</summary>
    public const int ChunkBlocks = 32;

    /// <summary>Rows of a chunk.</summary>
    public const int ChunkRows = ChunkBlocks * CodeLayout.BlockRows;

    /// <summary>Queries whose sums are kept in registers together.</summary>
    public const int QueriesTogether = 4;

    /// <summary>The widest that this machine has.</summary>
    public static ScanKernel Widest { get; } =
        OfBits(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 32);

    /// <summary>The kernel of a width, whether or not this machine is fast at it.</summary>
    /// <param name="bits">512, 256, 128, or 32 for plain arithmetic.</param>
    public static ScanKernel OfBits(int bits) => bits switch
    {
        512 => new ScanKernel<Lanes16, Vector512<byte>, Vector512<int>>(),
        256 => new ScanKernel<Lanes8, Vector256<byte>, Vector256<int>>(),
        128 => new ScanKernel<Lanes4, Vector128<byte>, Vector128<int>>(),
        32 => new ScanKernel<Lanes1, int, int>(),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "512, 256, 128 or 32."),
    };

    /// <summary>The sums of one query with each row of the live blocks.</summary>
    /// <param name="codes">Those of the chunk's first block.</param>
    /// <param name="groups">Of a row.</param>
    /// <param name="live">The blocks to look at.</param>
    /// <param name="query">A number for each group.</param>
    /// <param name="offset">Where sums begin.</param>
    /// <param name="dots">Takes a sum for each row of the chunk.</param>
    public abstract void DotOne(byte* codes, int groups, uint live, int* query, int offset, int* dots);

    /// <summary>The same for <see cref="QueriesTogether"/> times <paramref name="quads"/> queries, while each block is in the first-level cache.</summary>
    /// <param name="codes">Those of the chunk's first block.</param>
    /// <param name="groups">Of a row.</param>
    /// <param name="live">The blocks to look at.</param>
    /// <param name="queries">For each quad, and in it for each group, a number for each of its queries.</param>
    /// <param name="offsets">Of each query.</param>
    /// <param name="quads">How many there are.</param>
    /// <param name="dots">Takes <see cref="ChunkRows"/> sums for each query.</param>
    public abstract void DotQuads(byte* codes, int groups, uint live, int* queries, int* offsets, int quads, int* dots);

    /// <summary>Finds the rows that may reach a floor (<see cref="QueryCode"/>).</summary>
    /// <param name="dots">Sums of the chunk's rows.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="residuals">Of the chunk's blocks.</param>
    /// <param name="lengths">Of the chunk's blocks.</param>
    /// <param name="live">The blocks to look at.</param>
    /// <param name="code">The query.</param>
    /// <param name="floor">What a score must reach.</param>
    /// <param name="masks">Takes for each live block a bit for each of its rows, set where it may.</param>
    /// <returns>The blocks with such rows.</returns>
    public abstract uint Reaching(int* dots, float* scales, float* residuals, float* lengths, uint live, in QueryCode code, float floor, ushort* masks);
}
