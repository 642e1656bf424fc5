using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>8 integers (256 bits).</summary>
internal readonly struct Ints8(Vector256<int> value) : IIntLanes<Ints8>
{
    public readonly Vector256<int> Value = value;

    public static Ints8 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator +(Ints8 a, Ints8 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator *(Ints8 a, Ints8 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator &(Ints8 a, Ints8 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator ^(Ints8 a, Ints8 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator <<(Ints8 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 operator >>>(Ints8 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints8 Create(int value) => new(Vector256.Create(value));
}
