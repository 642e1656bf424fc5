using System.Numerics;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>GELU: x Phi(x), Phi being the distribution function of the standard normal.</summary>
internal static class Gelu
{
    private const float RootOfTwo = 1.41421356f;

    /// <summary>Replaces each number by its GELU. The error is at most 2e-7 times the number's magnitude, and what rounding adds.</summary>
    public static void Apply(Span<float> x)
    {
        var at = 0;
        for (; at + Vector<float>.Count <= x.Length; at += Vector<float>.Count)
            Of(new(x[at..])).CopyTo(x[at..]);
        if (at == x.Length)
            return;
        Span<float> rest = stackalloc float[Vector<float>.Count];
        x[at..].CopyTo(rest);
        Of(new(rest)).CopyTo(rest);
        rest[..(x.Length - at)].CopyTo(x[at..]);
    }

    private static Vector<float> Of(Vector<float> x) => x * 0.5f * (Vector<float>.One + Erf(x / RootOfTwo));

    // Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26: within 1.5e-7.
    private static Vector<float> Erf(Vector<float> x)
    {
        var size = Vector.Abs(x);
        var t = Vector<float>.One / Vector.FusedMultiplyAdd(new(0.3275911f), size, Vector<float>.One);
        var sum = new Vector<float>(1.061405429f);
        foreach (var coefficient in (ReadOnlySpan<float>)[-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f])
            sum = Vector.FusedMultiplyAdd(sum, t, new(coefficient));
        return Vector.CopySign(Vector<float>.One - sum * t * Vector.Exp(-(x * x)), x);
    }
}
