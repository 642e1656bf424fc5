using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>4 rows (128 bits).</summary>
internal readonly unsafe struct Lanes4 : IBlockLanes<Vector128<byte>, Vector128<int>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* codes) => Vector128.Load(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast(int* query) => Vector128.Create(*query).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotAdd(
        Vector128<int> sums, Vector128<byte> first, Vector128<byte> firstQuery, Vector128<byte> second, Vector128<byte> secondQuery)
    {
        if (Ssse3.IsSupported)
        {
            var pairs = Ssse3.MultiplyAddAdjacent(first, firstQuery.AsSByte()) + Ssse3.MultiplyAddAdjacent(second, secondQuery.AsSByte());
            return sums + Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)1));
        }
        return sums + Dot(first.AsInt32(), firstQuery.AsInt32()) + Dot(second.AsInt32(), secondQuery.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> sums, int* target) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(int* dots, float* scales, float step, float margin, float tiny, float floor)
    {
        var inner = Vector128.MultiplyAddEstimate(Vector128.ConvertToSingle(Vector128.Load(dots)), Vector128.Create(step), Vector128.Create(margin));
        var upper = Vector128.MultiplyAddEstimate(Vector128.Load(scales), inner, Vector128.Create(tiny));
        return Vector128.GreaterThanOrEqual(upper, Vector128.Create(floor)).ExtractMostSignificantBits();
    }

    /// <summary>The sum of the four products in each 32-bit lane, where no instruction does it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Dot(Vector128<int> codes, Vector128<int> query)
    {
        var low = Vector128.Create(0xFF);
        return (codes & low) * (query << 24 >> 24)
            + (codes >>> 8 & low) * (query << 16 >> 24)
            + (codes >>> 16 & low) * (query << 8 >> 24)
            + (codes >>> 24) * (query >> 24);
    }
}
