using System.Numerics;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// Says which rows of some codes may reach a score (<see cref="QueryCode"/>), chunk by chunk, for who scores them at once: of few rows, beside the engine's
/// many. For one thread, which keeps its memory.
/// </summary>
internal sealed unsafe class CodeScan
{
    [ThreadStatic]
    private static CodeScan? t_own;

    private readonly ScanKernel _kernel = ScanKernel.Widest;
    private readonly PinnedArray<int> _dots = new(ScanKernel.ChunkRows);
    private readonly PinnedArray<ushort> _masks = new(ScanKernel.ChunkBlocks);
    private readonly int[] _rows = new int[ScanKernel.ChunkRows];
    private PinnedArray<int> _packed = new(0);
    private QueryCode _code;

    private CodeScan()
    {
    }

    /// <summary>This thread's.</summary>
    public static CodeScan Own => t_own ??= new();

    /// <summary>Chunks of rows.</summary>
    public static int Chunks(ItemCodes codes) => (codes.Blocks + ScanKernel.ChunkBlocks - 1) / ScanKernel.ChunkBlocks;

    /// <summary>Encodes a query that <see cref="QueryCode.Check"/> has passed.</summary>
    public void Begin(ReadOnlySpan<float> query)
    {
        var groups = CodeLayout.Groups(query.Length);
        if (_packed.Length < groups)
            _packed = new(groups);
        _code = QueryCode.Encode(query, _packed.Span, 1);
    }

    /// <summary>The rows of a chunk whose score may reach a floor, ascending; those that fill up the last block perhaps included.</summary>
    /// <param name="codes">As wide as the query.</param>
    /// <param name="chunk">Which one.</param>
    /// <param name="floor">What a score must reach.</param>
    /// <returns>Row numbers, until the next call.</returns>
    public ReadOnlySpan<int> Reaching(ItemCodes codes, int chunk, float floor)
    {
        var first = chunk * ScanKernel.ChunkBlocks;
        var live = uint.MaxValue >> (ScanKernel.ChunkBlocks - Math.Min(ScanKernel.ChunkBlocks, codes.Blocks - first));
        _kernel.DotOne(codes.Codes + (nint)first * codes.Groups * CodeLayout.GroupBytes, codes.Groups, live, _packed.Pointer, _code.Offset, _dots.Pointer);
        var scales = codes.Scales + (nint)chunk * ScanKernel.ChunkRows;
        var reaching = _kernel.Reaching(_dots.Pointer, scales, codes.Residuals + first, codes.Lengths + first, live, _code, floor, _masks.Pointer);
        GC.KeepAlive(codes);
        var count = 0;
        for (; reaching != 0; reaching &= reaching - 1)
        {
            var block = BitOperations.TrailingZeroCount(reaching);
            for (uint mask = _masks.Pointer[block]; mask != 0; mask &= mask - 1)
                _rows[count++] = (first + block) * CodeLayout.BlockRows + BitOperations.TrailingZeroCount(mask);
        }
        return _rows.AsSpan(0, count);
    }
}
