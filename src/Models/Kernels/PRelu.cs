using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>PReLU on lanes.</summary>
internal static class PRelu<TFloat, TInt>
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    /// <summary>x where it is positive, slope * x elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Of(TFloat x, TFloat slope) => TFloat.Select(TFloat.Greater(x, default), x, x * slope);

    /// <summary>The gradient of x.</summary>
    /// <param name="x">What went in.</param>
    /// <param name="slope">The slope.</param>
    /// <param name="gradient">The gradient of what came out.</param>
    /// <param name="slopes">The slope's gradient is added here.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Back(TFloat x, TFloat slope, TFloat gradient, ref TFloat slopes)
    {
        var positive = TFloat.Greater(x, default);
        slopes += TFloat.Select(positive, default, x * gradient);
        return TFloat.Select(positive, gradient, gradient * slope);
    }
}
