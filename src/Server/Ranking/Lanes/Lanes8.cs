using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>8 rows (256 bits).</summary>
internal readonly unsafe struct Lanes8 : IBlockLanes<Vector256<byte>, Vector256<int>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* codes) => Vector256.Load(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(int* query) => Vector256.Create(*query).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Create(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> DotAdd(
        Vector256<int> sums, Vector256<byte> first, Vector256<byte> firstQuery, Vector256<byte> second, Vector256<byte> secondQuery)
    {
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(AvxVnni.MultiplyWideningAndAdd(sums, first, firstQuery.AsSByte()), second, secondQuery.AsSByte());
        if (Avx2.IsSupported)
        {
            var pairs = Avx2.MultiplyAddAdjacent(first, firstQuery.AsSByte()) + Avx2.MultiplyAddAdjacent(second, secondQuery.AsSByte());
            return sums + Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1));
        }
        return Vector256.Create(
            Lanes4.DotAdd(sums.GetLower(), first.GetLower(), firstQuery.GetLower(), second.GetLower(), secondQuery.GetLower()),
            Lanes4.DotAdd(sums.GetUpper(), first.GetUpper(), firstQuery.GetUpper(), second.GetUpper(), secondQuery.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> sums, int* target) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(int* dots, float* scales, float step, float margin, float tiny, float floor)
    {
        var inner = Vector256.MultiplyAddEstimate(Vector256.ConvertToSingle(Vector256.Load(dots)), Vector256.Create(step), Vector256.Create(margin));
        var upper = Vector256.MultiplyAddEstimate(Vector256.Load(scales), inner, Vector256.Create(tiny));
        return Vector256.GreaterThanOrEqual(upper, Vector256.Create(floor)).ExtractMostSignificantBits();
    }
}
