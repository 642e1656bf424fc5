using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>4 integers (128 bits).</summary>
internal readonly struct Ints4(Vector128<int> value) : IIntLanes<Ints4>
{
    public readonly Vector128<int> Value = value;

    public static Ints4 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<int>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator +(Ints4 a, Ints4 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator *(Ints4 a, Ints4 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator &(Ints4 a, Ints4 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator ^(Ints4 a, Ints4 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator <<(Ints4 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 operator >>>(Ints4 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints4 Create(int value) => new(Vector128.Create(value));
}
