using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>One integer; see <see cref="Floats1"/>.</summary>
internal readonly struct Ints1(int value) : IIntLanes<Ints1>
{
    public readonly int Value = value;

    public static Ints1 Indices => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator +(Ints1 a, Ints1 b) => new(unchecked(a.Value + b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator *(Ints1 a, Ints1 b) => new(unchecked(a.Value * b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator &(Ints1 a, Ints1 b) => new(a.Value & b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator ^(Ints1 a, Ints1 b) => new(a.Value ^ b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator <<(Ints1 a, int bits) => new(a.Value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 operator >>>(Ints1 a, int bits) => new(a.Value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ints1 Create(int value) => new(value);
}
