using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>One row, in plain arithmetic: for machines without vectors, and what the others are tested against.</summary>
internal readonly unsafe struct Lanes1 : IBlockLanes<int, int>
{
    public static int Count => 1;

    public static int Load(byte* codes) => Unsafe.ReadUnaligned<int>(codes);

    public static int Broadcast(int* query) => *query;

    public static int Create(int value) => value;

    public static int DotAdd(int sums, int first, int firstQuery, int second, int secondQuery) => sums + Dot(first, firstQuery) + Dot(second, secondQuery);

    public static void Store(int sums, int* target) => *target = sums;

    public static uint AtLeast(int* dots, float* scales, float step, float margin, float tiny, float floor) =>
        *scales * (step * *dots + margin) + tiny >= floor ? 1u : 0;

    private static int Dot(int codes, int query)
    {
        var sum = 0;
        for (var column = 0; column < 4; column++)
            sum += (byte)(codes >> 8 * column) * (sbyte)(query >> 8 * column);
        return sum;
    }
}
