using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// <see cref="CoordinateAttention"/> at one vector width. Two queries go together, because one hash has the random bits of two weights.
/// </summary>
internal static unsafe class CoordinateAttention<TFloat, TInt>
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    private const int Alignment = 64;
    private const float Log2E = 1.44269504f;

    // Within this |q k| log2(e) is below 1/2, so that neither the maximum has to be subtracted nor the exponent split off.
    private const float SmallProduct = 0.34f;

    // Adding and subtracting 1.5 * 2^23 rounds to an integer, which the low bits of the sum then hold.
    private const float Rounder = 12582912f;

    public static void Forward(AttentionBuffers buffers, int begin, int end, int width, AttentionDropout dropout)
    {
        switch (dropout.Threshold > 0, width % TFloat.Count > 0)
        {
            case (false, false): Forward<Off, Off>(buffers, begin, end, width, dropout); break;
            case (false, true): Forward<Off, On>(buffers, begin, end, width, dropout); break;
            case (true, false): Forward<On, Off>(buffers, begin, end, width, dropout); break;
            case (true, true): Forward<On, On>(buffers, begin, end, width, dropout); break;
        }
    }

    public static void Backward(AttentionBuffers buffers, int begin, int end, int width, AttentionDropout dropout)
    {
        switch (dropout.Threshold > 0, width % TFloat.Count > 0)
        {
            case (false, false): Backward<Off, Off>(buffers, begin, end, width, dropout); break;
            case (false, true): Backward<Off, On>(buffers, begin, end, width, dropout); break;
            case (true, false): Backward<On, Off>(buffers, begin, end, width, dropout); break;
            case (true, true): Backward<On, On>(buffers, begin, end, width, dropout); break;
        }
    }

    private static void Forward<TDrops, TPadded>(AttentionBuffers buffers, int begin, int end, int width, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
    {
        var scratch = new Scratch(width, vectors: 2);
        try
        {
            for (var row = begin; row < end; row++)
            {
                var offset = (long)row * width;
                var q = buffers.Q + offset;
                float* k = scratch.Load(0, buffers.K + offset), v = scratch.Load(1, buffers.V + offset);
                var (low, high) = Range(buffers.K + offset, width);
                if (IsSmall(q, width, low, high))
                    ForwardRow<TDrops, TPadded, On>(q, k, v, buffers.Output + offset, buffers.Sums + offset, scratch.Mask, width, low, high, offset, dropout);
                else
                    ForwardRow<TDrops, TPadded, Off>(q, k, v, buffers.Output + offset, buffers.Sums + offset, scratch.Mask, width, low, high, offset, dropout);
            }
        }
        finally
        {
            scratch.Free();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ForwardRow<TDrops, TPadded, TSmall>(
        float* q, float* k, float* v, float* output, float* sums, float* mask, int width, float low, float high, long position, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
        where TSmall : struct, IFlag
    {
        var threshold = TInt.Create(dropout.Threshold - 1);
        for (var a = 0; a < width; a += 2)
        {
            // An odd width's last query is computed twice.
            var pair = Math.Min(a + 1, width - 1);
            float q0 = q[a] * Log2E, q1 = q[pair] * Log2E;
            TFloat x0 = TFloat.Create(q0), x1 = TFloat.Create(q1);
            TFloat top0 = TFloat.Create(-q0 * (q0 >= 0 ? high : low)), top1 = TFloat.Create(-q1 * (q1 >= 0 ? high : low));
            TFloat sum0 = default, sum1 = default, value0 = default, value1 = default;
            var bits = TDrops.IsOn ? Positions(dropout.Key(position + a)) : default;
            for (var b = 0; b < width; b += TFloat.Count)
            {
                TFloat keys = TFloat.Load(k + b), values = TFloat.Load(v + b);
                TFloat e0 = Exp2<TSmall>(x0, keys, top0), e1 = Exp2<TSmall>(x1, keys, top1);
                if (TPadded.IsOn)
                {
                    e0 &= TFloat.Load(mask + b);
                    e1 &= TFloat.Load(mask + b);
                }
                sum0 += e0;
                sum1 += e1;
                if (TDrops.IsOn)
                {
                    var hash = Hash(bits);
                    bits += TInt.Create(unchecked(TFloat.Count * (int)0x9E3779B9));
                    e0 &= TFloat.Greater(hash & TInt.Create(0xFFFF), threshold);
                    e1 &= TFloat.Greater(hash >>> 16, threshold);
                }
                value0 = TFloat.MultiplyAdd(e0, values, value0);
                value1 = TFloat.MultiplyAdd(e1, values, value1);
            }
            sums[pair] = sum1.Sum;
            sums[a] = sum0.Sum;
            output[pair] = value1.Sum * dropout.Scale / sums[pair];
            output[a] = value0.Sum * dropout.Scale / sums[a];
        }
    }

    private static void Backward<TDrops, TPadded>(AttentionBuffers buffers, int begin, int end, int width, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
    {
        var scratch = new Scratch(width, vectors: 4);
        try
        {
            for (var row = begin; row < end; row++)
            {
                var offset = (long)row * width;
                var q = buffers.Q + offset;
                float* k = scratch.Load(0, buffers.K + offset), v = scratch.Load(1, buffers.V + offset);
                float* dk = scratch.Zero(2), dv = scratch.Zero(3);
                var (low, high) = Range(buffers.K + offset, width);
                if (IsSmall(q, width, low, high))
                    BackwardRow<TDrops, TPadded, On>(buffers, offset, k, v, dk, dv, scratch.Mask, width, low, high, dropout);
                else
                    BackwardRow<TDrops, TPadded, Off>(buffers, offset, k, v, dk, dv, scratch.Mask, width, low, high, dropout);
                new Span<float>(dk, width).CopyTo(new(buffers.DK + offset, width));
                new Span<float>(dv, width).CopyTo(new(buffers.DV + offset, width));
            }
        }
        finally
        {
            scratch.Free();
        }
    }

    // With p the softmax, m the mask and g the gradient of o: the gradient of v_b is sum_a g_a p_ab m_ab, and that of the product q_a k_b is
    // p_ab g_a (m_ab v_b - o_a).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRow<TDrops, TPadded, TSmall>(
        AttentionBuffers buffers, long position, float* k, float* v, float* dk, float* dv, float* mask, int width, float low, float high, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
        where TSmall : struct, IFlag
    {
        float* q = buffers.Q + position, output = buffers.Output + position, sums = buffers.Sums + position, gradient = buffers.Gradient + position, dq = buffers.DQ + position;
        var threshold = TInt.Create(dropout.Threshold - 1);
        var scale = TFloat.Create(dropout.Scale);
        for (var a = 0; a < width; a += 2)
        {
            // An odd width's last query is computed twice, the second time with a gradient of zero.
            var alone = a + 1 == width;
            var pair = alone ? a : a + 1;
            float q0 = q[a], q1 = q[pair];
            TFloat x0 = TFloat.Create(q0 * Log2E), x1 = TFloat.Create(q1 * Log2E);
            TFloat top0 = TFloat.Create(-q0 * Log2E * (q0 >= 0 ? high : low)), top1 = TFloat.Create(-q1 * Log2E * (q1 >= 0 ? high : low));
            TFloat query0 = TFloat.Create(q0), query1 = TFloat.Create(q1);
            TFloat share0 = TFloat.Create(gradient[a] / sums[a]), share1 = TFloat.Create(alone ? 0 : gradient[pair] / sums[pair]);
            TFloat minus0 = TFloat.Create(-output[a]), minus1 = TFloat.Create(-output[pair]);
            TFloat sum0 = default, sum1 = default;
            var bits = TDrops.IsOn ? Positions(dropout.Key(position + a)) : default;
            for (var b = 0; b < width; b += TFloat.Count)
            {
                TFloat keys = TFloat.Load(k + b), values = TFloat.Load(v + b);
                TFloat w0 = share0 * Exp2<TSmall>(x0, keys, top0), w1 = share1 * Exp2<TSmall>(x1, keys, top1);
                if (TPadded.IsOn)
                {
                    w0 &= TFloat.Load(mask + b);
                    w1 &= TFloat.Load(mask + b);
                }
                TFloat d0, d1;
                if (TDrops.IsOn)
                {
                    var hash = Hash(bits);
                    bits += TInt.Create(unchecked(TFloat.Count * (int)0x9E3779B9));
                    var kept0 = TFloat.Greater(hash & TInt.Create(0xFFFF), threshold) & scale;
                    var kept1 = TFloat.Greater(hash >>> 16, threshold) & scale;
                    TFloat.MultiplyAdd(w0, kept0, TFloat.MultiplyAdd(w1, kept1, TFloat.Load(dv + b))).Store(dv + b);
                    d0 = w0 * TFloat.MultiplyAdd(kept0, values, minus0);
                    d1 = w1 * TFloat.MultiplyAdd(kept1, values, minus1);
                }
                else
                {
                    (TFloat.Load(dv + b) + (w0 + w1)).Store(dv + b);
                    d0 = w0 * (values + minus0);
                    d1 = w1 * (values + minus1);
                }
                sum0 = TFloat.MultiplyAdd(d0, keys, sum0);
                sum1 = TFloat.MultiplyAdd(d1, keys, sum1);
                TFloat.MultiplyAdd(d0, query0, TFloat.MultiplyAdd(d1, query1, TFloat.Load(dk + b))).Store(dk + b);
            }
            dq[pair] = sum1.Sum;
            dq[a] = sum0.Sum;
        }
    }

    /// <summary>e^(q k - top), where q already carries log2(e).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Exp2<TSmall>(TFloat q, TFloat k, TFloat top) where TSmall : struct, IFlag
    {
        if (TSmall.IsOn)
            return Exp2Polynomial(q * k);
        // Below 2^-120 it is as good as zero, and the exponent must not wrap round.
        var x = TFloat.Max(TFloat.MultiplyAdd(q, k, top), TFloat.Create(-120f));
        var rounded = x + TFloat.Create(Rounder);
        var fraction = x - (rounded - TFloat.Create(Rounder));
        return TFloat.Reinterpret(Exp2Polynomial(fraction).Bits + (rounded.Bits << 23));
    }

    /// <summary>2^x for |x| up to 1/2, to about 1e-7 of itself (a minimax polynomial of degree 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Exp2Polynomial(TFloat x)
    {
        var p = TFloat.MultiplyAdd(x, TFloat.Create(0.001339086336f), TFloat.Create(0.009676031918f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.05550357114f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.2402210749f));
        p = TFloat.MultiplyAdd(p, x, TFloat.Create(0.693147188f));
        return TFloat.MultiplyAdd(p, x, TFloat.Create(1.000000075f));
    }

    /// <summary>A Weyl sequence over the coordinates, started at the key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Positions(int key) => TInt.Indices * TInt.Create(unchecked((int)0x9E3779B9)) + TInt.Create(key);

    /// <summary>The finaliser of MurmurHash3: 32 uniform bits from each position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Hash(TInt h)
    {
        h ^= h >>> 16;
        h *= TInt.Create(unchecked((int)0x85EBCA6B));
        h ^= h >>> 13;
        h *= TInt.Create(unchecked((int)0xC2B2AE35));
        return h ^ (h >>> 16);
    }

    private static bool IsSmall(float* q, int width, float low, float high)
    {
        var (qLow, qHigh) = Range(q, width);
        return Math.Max(Math.Abs(qLow), Math.Abs(qHigh)) * Math.Max(Math.Abs(low), Math.Abs(high)) < SmallProduct;
    }

    private static (float Low, float High) Range(float* x, int width)
    {
        float low = x[0], high = x[0];
        var b = 1;
        if (width >= TFloat.Count)
        {
            TFloat lows = TFloat.Load(x), highs = lows;
            for (b = TFloat.Count; b + TFloat.Count <= width; b += TFloat.Count)
            {
                lows = TFloat.Min(lows, TFloat.Load(x + b));
                highs = TFloat.Max(highs, TFloat.Load(x + b));
            }
            var lanes = stackalloc float[2 * TFloat.Count];
            lows.Store(lanes);
            highs.Store(lanes + TFloat.Count);
            for (var i = 0; i < TFloat.Count; i++)
                (low, high) = (Math.Min(low, lanes[i]), Math.Max(high, lanes[TFloat.Count + i]));
        }
        for (; b < width; b++)
            (low, high) = (Math.Min(low, x[b]), Math.Max(high, x[b]));
        return (low, high);
    }

    /// <summary>Aligned copies of rows, padded with zeros to whole vectors, and the mask of what is not padding.</summary>
    private readonly struct Scratch
    {
        private readonly float* _memory;
        private readonly int _width;
        private readonly int _stride;

        public Scratch(int width, int vectors)
        {
            _width = width;
            _stride = (width + TFloat.Count - 1) / TFloat.Count * TFloat.Count;
            var bytes = (nuint)((vectors + 1) * _stride * sizeof(float));
            _memory = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
            NativeMemory.Clear(_memory, bytes);
            Mask = _memory + vectors * _stride;
            new Span<int>(Mask, width).Fill(-1);
        }

        /// <summary>All bits set for each coordinate, none for padding.</summary>
        public float* Mask { get; }

        public float* Load(int vector, float* source)
        {
            var target = _memory + vector * _stride;
            new ReadOnlySpan<float>(source, _width).CopyTo(new(target, _width));
            return target;
        }

        public float* Zero(int vector)
        {
            var target = _memory + vector * _stride;
            new Span<float>(target, _stride).Clear();
            return target;
        }

        public void Free() => NativeMemory.AlignedFree(_memory);
    }
}
