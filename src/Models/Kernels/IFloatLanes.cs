namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Floats that are computed with together, of one SIMD width: a kernel is written once against this, and the JIT compiles it for each width.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TInt">As many 32-bit integers.</typeparam>
internal unsafe interface IFloatLanes<TSelf, TInt>
    where TSelf : struct, IFloatLanes<TSelf, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    /// <summary>How many there are.</summary>
    static abstract int Count { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    /// <summary>a * b + c, rounded once where the hardware can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The greater of each pair; unspecified for NaN, which is what makes it fast.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The lesser of each pair; unspecified for NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf Sqrt(TSelf a);

    /// <summary>All bits set where a is greater than b.</summary>
    static abstract TSelf Greater(TInt a, TInt b);

    /// <inheritdoc cref="Greater(TInt, TInt)"/>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>a where the mask's bits are set, elsewhere b.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>The same bits as floats.</summary>
    static abstract TSelf Reinterpret(TInt bits);

    /// <summary>The same bits as integers.</summary>
    TInt Bits { get; }

    /// <summary>The sum, in an order that depends on the width alone.</summary>
    float Sum { get; }

    void Store(float* target);
}
