using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rearm.Streaming.Server.Ranking.Lanes;

/// <summary>
/// 16 rows (512 bits): a whole block. .NET 10 has no instruction of AVX-512 VNNI at this width, so two multiplications are summed before sums are widened.
/// </summary>
internal readonly unsafe struct Lanes16 : IBlockLanes<Vector512<byte>, Vector512<int>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* codes) => Vector512.Load(codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast(int* query) => Vector512.Create(*query).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Create(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> DotAdd(
        Vector512<int> sums, Vector512<byte> first, Vector512<byte> firstQuery, Vector512<byte> second, Vector512<byte> secondQuery)
    {
        if (Avx512BW.IsSupported)
        {
            var pairs = Avx512BW.MultiplyAddAdjacent(first, firstQuery.AsSByte()) + Avx512BW.MultiplyAddAdjacent(second, secondQuery.AsSByte());
            return sums + Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create((short)1));
        }
        return Vector512.Create(
            Lanes8.DotAdd(sums.GetLower(), first.GetLower(), firstQuery.GetLower(), second.GetLower(), secondQuery.GetLower()),
            Lanes8.DotAdd(sums.GetUpper(), first.GetUpper(), firstQuery.GetUpper(), second.GetUpper(), secondQuery.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> sums, int* target) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(int* dots, float* scales, float step, float margin, float tiny, float floor)
    {
        var inner = Vector512.MultiplyAddEstimate(Vector512.ConvertToSingle(Vector512.Load(dots)), Vector512.Create(step), Vector512.Create(margin));
        var upper = Vector512.MultiplyAddEstimate(Vector512.Load(scales), inner, Vector512.Create(tiny));
        return (uint)Vector512.GreaterThanOrEqual(upper, Vector512.Create(floor)).ExtractMostSignificantBits();
    }
}
