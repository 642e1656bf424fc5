namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>
/// Rows of a block that are computed with together, of one SIMD width: a kernel is written once against this, and the JIT compiles it for each
/// width. Everything but <see cref="AtLeast"/> is exact, so that widths can't differ.
/// </summary>
/// <typeparam name="TCodes">4 columns of each row, a byte each.</typeparam>
/// <typeparam name="TSums">A 32-bit sum for each row.</typeparam>
internal unsafe interface IBlockLanes<TCodes, TSums>
{
    /// <summary>How many rows.</summary>
    static abstract int Count { get; }

    static abstract TCodes Load(byte* codes);

    /// <summary>The same 4 columns for every row.</summary>
    static abstract TCodes Broadcast(int* query);

    static abstract TSums Create(int value);

    /// <summary>
    /// Adds the products of two groups: codes are 0 to 127 and queries -64 to 64, so that the four products that 16-bit sums are made of fit.
    /// </summary>
    static abstract TSums DotAdd(TSums sums, TCodes first, TCodes firstQuery, TCodes second, TCodes secondQuery);

    static abstract void Store(TSums sums, int* target);

    /// <summary>A bit for each row whose scale * (step * dot + margin) + tiny reaches the floor, the lowest for the first.</summary>
    static abstract uint AtLeast(int* dots, float* scales, float step, float margin, float tiny, float floor);
}
