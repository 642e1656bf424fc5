using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

/// <summary>Every SIMD width against plain arithmetic, also those that this machine would not choose.</summary>
public unsafe class ScanKernelTests
{
    private const int Quads = 3;
    private const uint Live = 0b1001_0111;

    public static TheoryData<int> Widths => [512, 256, 128];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Dots_ExtremeAndRandomCodes_AreThoseOfPlainArithmetic(int bits)
    {
        foreach (var groups in (int[])[2, 4, 48, 76])
        {
            var codes = new PinnedArray<byte>(8 * groups * CodeLayout.GroupBytes);
            var (queries, offsets) = (new PinnedArray<int>(4 * Quads * groups), new PinnedArray<int>(4 * Quads));
            var random = new Random(groups);
            for (var i = 0; i < codes.Length; i++)
                codes.Span[i] = random.Next(3) switch { 0 => 127, 1 => 1, _ => (byte)random.Next(1, 128) };
            for (var i = 0; i < queries.Length; i++)
                for (var column = 0; column < 4; column++)
                    queries.Span[i] |= (random.Next(3) switch { 0 => 64, 1 => -64, _ => random.Next(-64, 65) } & 0xFF) << 8 * column;
            for (var i = 0; i < offsets.Length; i++)
                offsets.Span[i] = random.Next(-1_000_000, 1_000_000);

            Assert.Equal(Dots(ScanKernel.OfBits(32), codes, groups, queries, offsets), Dots(ScanKernel.OfBits(bits), codes, groups, queries, offsets));
        }
    }

    [Fact]
    public void DotOne_PlainArithmetic_IsTheSumOfProducts()
    {
        // Row r has code c + 64 = r + 1 in every column; the query is 1, -2, 3, -4, ...
        var (codes, dots) = (new PinnedArray<byte>(2 * CodeLayout.GroupBytes), new PinnedArray<int>(CodeLayout.BlockRows));
        for (var group = 0; group < 2; group++)
            for (var row = 0; row < CodeLayout.BlockRows; row++)
                codes.Span.Slice(group * CodeLayout.GroupBytes + row * 4, 4).Fill((byte)(row + 1));
        var query = new PinnedArray<int>(2);
        for (var column = 0; column < 8; column++)
            query.Span[column / 4] |= ((column % 2 == 0 ? column + 1 : -column - 1) & 0xFF) << 8 * (column % 4);

        ScanKernel.OfBits(32).DotOne(codes.Pointer, 2, 1, query.Pointer, 100, dots.Pointer);

        Assert.Equal(Enumerable.Range(0, CodeLayout.BlockRows).Select(row => 100 - 4 * (row + 1)), dots.Span.ToArray());
        GC.KeepAlive(codes);
        GC.KeepAlive(query);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Reaching_FloorsAmongTheBounds_IsThatOfPlainArithmetic(int bits)
    {
        var random = new Random(bits);
        var (dots, scales) = (new PinnedArray<int>(ScanKernel.ChunkRows), new PinnedArray<float>(ScanKernel.ChunkRows));
        var (residuals, lengths) = (new PinnedArray<float>(ScanKernel.ChunkBlocks), new PinnedArray<float>(ScanKernel.ChunkBlocks));
        for (var row = 0; row < ScanKernel.ChunkRows; row++)
            (dots.Span[row], scales.Span[row]) = (random.Next(-1000, 1000), random.Next(1, 5));
        for (var block = 0; block < ScanKernel.ChunkBlocks; block++)
            (residuals.Span[block], lengths.Span[block]) = (random.Next(10), random.Next(10));
        // Whole numbers, which every width computes exactly.
        var code = new QueryCode(2, 3, 5, 0);
        foreach (var floor in (float[])[float.NegativeInfinity, -2000, 0, 500, 3000, 1e6f])
        {
            var (plain, wide) = (new PinnedArray<ushort>(ScanKernel.ChunkBlocks), new PinnedArray<ushort>(ScanKernel.ChunkBlocks));
            var (expected, actual) = (Reaching(ScanKernel.OfBits(32), plain), Reaching(ScanKernel.OfBits(bits), wide));
            Assert.Equal(expected, actual);
            Assert.Equal(plain.Span.ToArray(), wide.Span.ToArray());
            for (var block = 0; block < ScanKernel.ChunkBlocks; block++)
                for (var row = 0; row < CodeLayout.BlockRows; row++)
                {
                    var at = block * CodeLayout.BlockRows + row;
                    var upper = scales.Span[at] * (2 * dots.Span[at] + 3 * residuals.Span[block] + 5 * lengths.Span[block]);
                    Assert.Equal((Live >> block & 1) != 0 && upper >= floor, (plain.Span[block] >> row & 1) != 0);
                }

            uint Reaching(ScanKernel kernel, PinnedArray<ushort> masks) =>
                kernel.Reaching(dots.Pointer, scales.Pointer, residuals.Pointer, lengths.Pointer, Live, code, floor, masks.Pointer);
        }
    }

    private static int[] Dots(ScanKernel kernel, PinnedArray<byte> codes, int groups, PinnedArray<int> queries, PinnedArray<int> offsets)
    {
        var dots = new PinnedArray<int>((4 * Quads + 1) * ScanKernel.ChunkRows);
        kernel.DotQuads(codes.Pointer, groups, Live, queries.Pointer, offsets.Pointer, Quads, dots.Pointer);
        kernel.DotOne(codes.Pointer, groups, Live, queries.Pointer, offsets.Pointer[0], dots.Pointer + 4 * Quads * ScanKernel.ChunkRows);
        GC.KeepAlive(codes);
        GC.KeepAlive(queries);
        return dots.Span.ToArray();
    }
}
