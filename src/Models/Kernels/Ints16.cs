using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>16 integers (512 bits).</summary>
internal readonly struct Ints16(Vector512<int> value) : IIntLanes<Ints16>
{
    public readonly Vector512<int> Value = value;

    public static Ints16 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator +(Ints16 a, Ints16 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator *(Ints16 a, Ints16 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator &(Ints16 a, Ints16 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator ^(Ints16 a, Ints16 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator <<(Ints16 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 operator >>>(Ints16 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints16 Create(int value) => new(Vector512.Create(value));
}
