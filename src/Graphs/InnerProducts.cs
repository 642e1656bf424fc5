using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Graphs;

/// <summary>
/// Inner products of a few rows at a time. Each is summed in one order that depends neither on the row's place nor on the machine's vector width: the
/// same vectors give the same bits everywhere.
/// </summary>
internal static class InnerProducts
{
    /// <summary>Rows must be padded with zeros to a multiple of this width.</summary>
    public const int Lanes = 8;

    /// <summary>Rows taken together.</summary>
    public const int RowStep = 2;

    /// <summary>Columns taken together.</summary>
    public const int ColumnStep = 4;

    /// <summary>The width of rows of <paramref name="columns"/> numbers, padding included.</summary>
    public static int Padded(int columns) => (columns + Lanes - 1) / Lanes * Lanes;

    /// <summary>Inner products of 2 rows with 4 columns: eight sums in registers, each in the same order as every other.</summary>
    /// <param name="r0">The first row; the other one lies behind it.</param>
    /// <param name="c0">The first column; the others lie behind it.</param>
    /// <param name="stride">Padded width of rows and columns.</param>
    /// <param name="scores">Row by row.</param>
    public static void Score(ref float r0, ref float c0, int stride, Span<float> scores)
    {
        ref var r1 = ref Unsafe.Add(ref r0, stride);
        ref var c1 = ref Unsafe.Add(ref c0, stride);
        ref var c2 = ref Unsafe.Add(ref c1, stride);
        ref var c3 = ref Unsafe.Add(ref c2, stride);
        Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default, s13 = default;
        for (nuint d = 0; d < (nuint)stride; d += Lanes)
        {
            var a = Vector256.LoadUnsafe(ref r0, d);
            var b = Vector256.LoadUnsafe(ref r1, d);
            var v = Vector256.LoadUnsafe(ref c0, d);
            s00 = Vector256.FusedMultiplyAdd(a, v, s00);
            s10 = Vector256.FusedMultiplyAdd(b, v, s10);
            v = Vector256.LoadUnsafe(ref c1, d);
            s01 = Vector256.FusedMultiplyAdd(a, v, s01);
            s11 = Vector256.FusedMultiplyAdd(b, v, s11);
            v = Vector256.LoadUnsafe(ref c2, d);
            s02 = Vector256.FusedMultiplyAdd(a, v, s02);
            s12 = Vector256.FusedMultiplyAdd(b, v, s12);
            v = Vector256.LoadUnsafe(ref c3, d);
            s03 = Vector256.FusedMultiplyAdd(a, v, s03);
            s13 = Vector256.FusedMultiplyAdd(b, v, s13);
        }
        scores[0] = Sum(s00);
        scores[1] = Sum(s01);
        scores[2] = Sum(s02);
        scores[3] = Sum(s03);
        scores[4] = Sum(s10);
        scores[5] = Sum(s11);
        scores[6] = Sum(s12);
        scores[7] = Sum(s13);
    }

    // Not Vector256.Sum: its order of summation is unspecified.
    private static float Sum(Vector256<float> v)
    {
        var s = v.GetLower() + v.GetUpper();
        s += Vector128.Shuffle(s, Vector128.Create(2, 3, 0, 1));
        return s.ToScalar() + s.GetElement(1);
    }
}
