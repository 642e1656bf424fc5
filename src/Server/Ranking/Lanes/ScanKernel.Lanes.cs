using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <inheritdoc/>
internal sealed unsafe class ScanKernel<TLanes, TCodes, TSums> : ScanKernel
    where TLanes : struct, IBlockLanes<TCodes, TSums>
    where TCodes : struct
    where TSums : struct
{
    // Optimised at once, and not inlined: the JIT spends its budget on the vector operations in the loop.
    private const MethodImplOptions Loop = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    // How far ahead memory is asked for; more than the hardware does by itself.
    private const int Ahead = 4096;

    [MethodImpl(Loop)]
    public override void DotOne(byte* codes, int groups, uint live, int* query, int offset, int* dots)
    {
        for (; live != 0; live &= live - 1)
        {
            var block = BitOperations.TrailingZeroCount(live);
            var first = codes + (nint)block * groups * CodeLayout.GroupBytes;
            // Whole cache lines at a time, as they come from memory: a vector of 512 bits, or two at a time.
            var step = Math.Min(2 * TLanes.Count, CodeLayout.BlockRows);
            for (var row = 0; row < CodeLayout.BlockRows; row += step)
            {
                var rows = first + row * CodeLayout.GroupColumns;
                var (sums, more) = (TLanes.Create(offset), TLanes.Create(offset));
                for (nint group = 0; group < groups; group += 2)
                {
                    var pair = rows + group * CodeLayout.GroupBytes;
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(pair + Ahead);
                        Sse.Prefetch0(pair + Ahead + CodeLayout.GroupBytes);
                    }
                    var (one, two) = (TLanes.Broadcast(query + group), TLanes.Broadcast(query + group + 1));
                    sums = TLanes.DotAdd(sums, TLanes.Load(pair), one, TLanes.Load(pair + CodeLayout.GroupBytes), two);
                    if (TLanes.Count < CodeLayout.BlockRows)
                    {
                        pair += TLanes.Count * CodeLayout.GroupColumns;
                        more = TLanes.DotAdd(more, TLanes.Load(pair), one, TLanes.Load(pair + CodeLayout.GroupBytes), two);
                    }
                }
                TLanes.Store(sums, dots + block * CodeLayout.BlockRows + row);
                if (TLanes.Count < CodeLayout.BlockRows)
                    TLanes.Store(more, dots + block * CodeLayout.BlockRows + row + TLanes.Count);
            }
        }
    }

    [MethodImpl(Loop)]
    public override void DotQuads(byte* codes, int groups, uint live, int* queries, int* offsets, int quads, int* dots)
    {
        for (; live != 0; live &= live - 1)
        {
            var block = BitOperations.TrailingZeroCount(live);
            var rows = codes + (nint)block * groups * CodeLayout.GroupBytes;
            for (var quad = 0; quad < quads; quad++)
            {
                var first = quad * QueriesTogether;
                var target = dots + first * ChunkRows + block * CodeLayout.BlockRows;
                if (TLanes.Count < CodeLayout.BlockRows)
                    DotQuadByTwo(rows, groups, queries + (nint)first * groups, offsets + first, target);
                else
                    DotQuad(rows, groups, queries + (nint)first * groups, offsets + first, target);
            }
        }
    }

    [MethodImpl(Loop)]
    private static void DotQuad(byte* codes, int groups, int* queries, int* offsets, int* dots)
    {
        for (var row = 0; row < CodeLayout.BlockRows; row += TLanes.Count)
        {
            var pair = codes + row * CodeLayout.GroupColumns;
            var query = queries;
            var (s0, s1, s2, s3) = (TLanes.Create(offsets[0]), TLanes.Create(offsets[1]), TLanes.Create(offsets[2]), TLanes.Create(offsets[3]));
            for (var group = 0; group < groups; group += 2)
            {
                var first = TLanes.Load(pair);
                var second = TLanes.Load(pair + CodeLayout.GroupBytes);
                s0 = TLanes.DotAdd(s0, first, TLanes.Broadcast(query), second, TLanes.Broadcast(query + 4));
                s1 = TLanes.DotAdd(s1, first, TLanes.Broadcast(query + 1), second, TLanes.Broadcast(query + 5));
                s2 = TLanes.DotAdd(s2, first, TLanes.Broadcast(query + 2), second, TLanes.Broadcast(query + 6));
                s3 = TLanes.DotAdd(s3, first, TLanes.Broadcast(query + 3), second, TLanes.Broadcast(query + 7));
                pair += 2 * CodeLayout.GroupBytes;
                query += 2 * QueriesTogether;
            }
            TLanes.Store(s0, dots + row);
            TLanes.Store(s1, dots + ChunkRows + row);
            TLanes.Store(s2, dots + 2 * ChunkRows + row);
            TLanes.Store(s3, dots + 3 * ChunkRows + row);
        }
    }

    /// <summary>The same for two vectors of rows at a time: broadcasts serve both, and the multipliers are never waited for.</summary>
    [MethodImpl(Loop)]
    private static void DotQuadByTwo(byte* codes, int groups, int* queries, int* offsets, int* dots)
    {
        for (var row = 0; row < CodeLayout.BlockRows; row += 2 * TLanes.Count)
        {
            var pair = codes + row * CodeLayout.GroupColumns;
            var query = queries;
            var (s0, s1, s2, s3) = (TLanes.Create(offsets[0]), TLanes.Create(offsets[1]), TLanes.Create(offsets[2]), TLanes.Create(offsets[3]));
            var (t0, t1, t2, t3) = (s0, s1, s2, s3);
            for (var group = 0; group < groups; group += 2)
            {
                var (a, b) = (TLanes.Load(pair), TLanes.Load(pair + CodeLayout.GroupBytes));
                var next = pair + TLanes.Count * CodeLayout.GroupColumns;
                var (c, d) = (TLanes.Load(next), TLanes.Load(next + CodeLayout.GroupBytes));
                var (first, second) = (TLanes.Broadcast(query), TLanes.Broadcast(query + 4));
                s0 = TLanes.DotAdd(s0, a, first, b, second);
                t0 = TLanes.DotAdd(t0, c, first, d, second);
                (first, second) = (TLanes.Broadcast(query + 1), TLanes.Broadcast(query + 5));
                s1 = TLanes.DotAdd(s1, a, first, b, second);
                t1 = TLanes.DotAdd(t1, c, first, d, second);
                (first, second) = (TLanes.Broadcast(query + 2), TLanes.Broadcast(query + 6));
                s2 = TLanes.DotAdd(s2, a, first, b, second);
                t2 = TLanes.DotAdd(t2, c, first, d, second);
                (first, second) = (TLanes.Broadcast(query + 3), TLanes.Broadcast(query + 7));
                s3 = TLanes.DotAdd(s3, a, first, b, second);
                t3 = TLanes.DotAdd(t3, c, first, d, second);
                pair += 2 * CodeLayout.GroupBytes;
                query += 2 * QueriesTogether;
            }
            TLanes.Store(s0, dots + row);
            TLanes.Store(s1, dots + ChunkRows + row);
            TLanes.Store(s2, dots + 2 * ChunkRows + row);
            TLanes.Store(s3, dots + 3 * ChunkRows + row);
            TLanes.Store(t0, dots + row + TLanes.Count);
            TLanes.Store(t1, dots + ChunkRows + row + TLanes.Count);
            TLanes.Store(t2, dots + 2 * ChunkRows + row + TLanes.Count);
            TLanes.Store(t3, dots + 3 * ChunkRows + row + TLanes.Count);
        }
    }

    [MethodImpl(Loop)]
    public override uint Reaching(int* dots, float* scales, float* residuals, float* lengths, uint live, in QueryCode code, float floor, ushort* masks)
    {
        var (step, residualFactor, lengthFactor) = (code.Step, code.ResidualFactor, code.LengthFactor);
        var reaching = 0u;
        for (; live != 0; live &= live - 1)
        {
            var block = BitOperations.TrailingZeroCount(live);
            var margin = residualFactor * residuals[block] + lengthFactor * lengths[block];
            var first = block * CodeLayout.BlockRows;
            var mask = 0u;
            for (var row = 0; row < CodeLayout.BlockRows; row += TLanes.Count)
                mask |= TLanes.AtLeast(dots + first + row, scales + first + row, step, margin, QueryCode.Tiny, floor) << row;
            masks[block] = (ushort)mask;
            reaching |= (mask != 0 ? 1u : 0) << block;
        }
        return reaching;
    }
}
