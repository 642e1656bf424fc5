namespace TorchSharp;

/// <summary>A number as an operator's argument or result: an integer, a real or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    internal enum ScalarKind { Integer, Real, Boolean }

    internal readonly ScalarKind Kind;
    internal readonly long Integer;
    internal readonly double Real;

    private Scalar(ScalarKind kind, long integer, double real) => (Kind, Integer, Real) = (kind, integer, real);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(byte value) => new(ScalarKind.Integer, value, value);
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(sbyte value) => new(ScalarKind.Integer, value, value);
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(short value) => new(ScalarKind.Integer, value, value);
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(ScalarKind.Integer, value, value);
    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(ScalarKind.Integer, value, value);
    /// <summary>A real number.</summary>
    public static implicit operator Scalar(float value) => new(ScalarKind.Real, (long)value, value);
    /// <summary>A real number.</summary>
    public static implicit operator Scalar(double value) => new(ScalarKind.Real, (long)value, value);
    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(ScalarKind.Boolean, value ? 1 : 0, value ? 1 : 0);

    /// <summary>The type of tensor it is an element of.</summary>
    public torch.ScalarType Type => Kind switch
    {
        ScalarKind.Integer => torch.ScalarType.Int64,
        ScalarKind.Boolean => torch.ScalarType.Bool,
        _ => torch.ScalarType.Float64,
    };

    /// <summary>Nothing to release here; TorchSharp's holds native memory.</summary>
    public void Dispose() { }
}

/// <summary>Conversions of a <see cref="Scalar"/> to .NET numbers.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>An integer.</summary>
    public static Scalar ToScalar(this int value) => value;
    /// <summary>An integer.</summary>
    public static Scalar ToScalar(this long value) => value;
    /// <summary>A real number.</summary>
    public static Scalar ToScalar(this float value) => value;
    /// <summary>A real number.</summary>
    public static Scalar ToScalar(this double value) => value;
    /// <summary>A truth value.</summary>
    public static Scalar ToScalar(this bool value) => value;
    /// <summary>As single precision.</summary>
    public static float ToSingle(this Scalar value) => (float)value.Real;
    /// <summary>As double precision.</summary>
    public static double ToDouble(this Scalar value) => value.Real;
    /// <summary>As a 32-bit integer; a real is cut off.</summary>
    public static int ToInt32(this Scalar value) => checked((int)value.Integer);
    /// <summary>As a 64-bit integer; a real is cut off.</summary>
    public static long ToInt64(this Scalar value) => value.Integer;
    /// <summary>Whether it is not zero.</summary>
    public static bool ToBoolean(this Scalar value) => value.Real != 0;
}
