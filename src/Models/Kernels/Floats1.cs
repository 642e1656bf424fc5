using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>One float: for rows whose width no vector divides, and for what is left over at a row's end.</summary>
internal readonly unsafe struct Floats1(float value) : IFloatLanes<Floats1, Ints1>
{
    private readonly float _value = value;

    public static int Count => 1;

    public Ints1 Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(BitConverter.SingleToInt32Bits(_value));
    }

    public float Sum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator +(Floats1 a, Floats1 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator -(Floats1 a, Floats1 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator *(Floats1 a, Floats1 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator /(Floats1 a, Floats1 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 operator &(Floats1 a, Floats1 b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) & BitConverter.SingleToInt32Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Create(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 MultiplyAdd(Floats1 a, Floats1 b, Floats1 c) => new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Max(Floats1 a, Floats1 b) => new(float.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Min(Floats1 a, Floats1 b) => new(float.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Sqrt(Floats1 a) => new(MathF.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Greater(Floats1 a, Floats1 b) => Mask(a._value > b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Greater(Ints1 a, Ints1 b) => Mask(a.Value > b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Select(Floats1 mask, Floats1 a, Floats1 b) => BitConverter.SingleToInt32Bits(mask._value) != 0 ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats1 Reinterpret(Ints1 bits) => new(BitConverter.Int32BitsToSingle(bits.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => *target = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats1 Mask(bool set) => new(BitConverter.Int32BitsToSingle(set ? -1 : 0));
}
