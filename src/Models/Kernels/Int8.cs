using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>8 integers (256 bits).</summary>
internal readonly struct Int8(Vector256<int> value) : IIntLanes<Int8>
{
    public readonly Vector256<int> Value = value;

    public static Int8 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator +(Int8 a, Int8 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator *(Int8 a, Int8 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator &(Int8 a, Int8 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator ^(Int8 a, Int8 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator <<(Int8 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 operator >>>(Int8 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int8 Create(int value) => new(Vector256.Create(value));
}
