using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>16 integers (512 bits).</summary>
internal readonly struct Int16(Vector512<int> value) : IIntLanes<Int16>
{
    public readonly Vector512<int> Value = value;

    public static Int16 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator +(Int16 a, Int16 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator *(Int16 a, Int16 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator &(Int16 a, Int16 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator ^(Int16 a, Int16 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator <<(Int16 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 operator >>>(Int16 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Int16 Create(int value) => new(Vector512.Create(value));
}
