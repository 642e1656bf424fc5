using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>2^x, the one exponential that kernels use: e^x = 2^(x log2(e)).</summary>
internal static class Exponential<TFloat, TInt>
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    // Below 2^-120 it is as good as zero, and the exponent must not wrap round.
    private const float Lowest = -120f;

    // Adding and subtracting 1.5 * 2^23 rounds to an integer, which the low bits of the sum then hold.
    private const float Rounder = 12582912f;

    /// <summary>2^x for x up to 126, to about 1e-7 of itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Of(TFloat x)
    {
        x = TFloat.Max(x, TFloat.Create(Lowest));
        var rounded = x + TFloat.Create(Rounder);
        var fraction = x - (rounded - TFloat.Create(Rounder));
        return TFloat.Reinterpret(OfSmall(fraction).Bits + (rounded.Bits << 23));
    }

    /// <summary>2^x for |x| up to 1/2 (a minimax polynomial of degree 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat OfSmall(TFloat x)
    {
        var p = TFloat.MultiplyAdd(x, TFloat.Create(0.001339086336f), TFloat.Create(0.009676031918f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.05550357114f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.2402210749f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.693147188f));
        return TFloat.MultiplyAdd(p, x, TFloat.Create(1.000000075f));
    }
}
