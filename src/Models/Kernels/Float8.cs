using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>8 floats (256 bits).</summary>
internal readonly unsafe struct Float8(Vector256<float> value) : IFloatLanes<Float8, Int8>
{
    private readonly Vector256<float> _value = value;

    public static int Count => Vector256<float>.Count;

    public Int8 Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_value.AsInt32());
    }

    public float Sum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Sum(_value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator +(Float8 a, Float8 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator -(Float8 a, Float8 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator *(Float8 a, Float8 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator &(Float8 a, Float8 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 MultiplyAdd(Float8 a, Float8 b, Float8 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Max(Float8 a, Float8 b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Min(Float8 a, Float8 b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Greater(Int8 a, Int8 b) => new(Vector256.GreaterThan(a.Value, b.Value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Reinterpret(Int8 bits) => new(bits.Value.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* target) => _value.Store(target);
}
