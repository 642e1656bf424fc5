using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Attention among the d coordinates of each row, each a token of width 1 (eq. 5, 7): with q_a = wq x_a + bq and k and v alike,
/// o_a = sum_b softmax_b(q_a k_b) m_ab v_b, and the result is wo o_a + bo; m is the dropout mask, scaled by 1 / (1 - p). Plain operators store
/// several tensors of rows x d x d; here the softmax stays in registers and is computed again on the way back, and the mask is a function of
/// seed and position. Two queries go together, because one hash has the random bits of two weights.
/// </summary>
internal static unsafe class CoordinateAttention<TFloat, TInt>
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    private const int Alignment = 64;
    private const float Log2E = 1.44269504f;

    // Within this |q k| log2(e) is below 1/2, so that neither the maximum has to be subtracted nor the exponent split off.
    private const float SmallProduct = 0.34f;

    public static void Forward(AttentionBuffers buffers, AttentionScalars scalars, int begin, int end, int width, AttentionDropout dropout)
    {
        switch (dropout.Threshold > 0, width % TFloat.Count > 0)
        {
            case (false, false): Forward<Off, Off>(buffers, scalars, begin, end, width, dropout); break;
            case (false, true): Forward<Off, On>(buffers, scalars, begin, end, width, dropout); break;
            case (true, false): Forward<On, Off>(buffers, scalars, begin, end, width, dropout); break;
            case (true, true): Forward<On, On>(buffers, scalars, begin, end, width, dropout); break;
        }
    }

    /// <param name="buffers">What to read and write.</param>
    /// <param name="scalars">The weights.</param>
    /// <param name="gradients">Takes what these rows add to the gradients of the weights.</param>
    /// <param name="begin">The first row.</param>
    /// <param name="end">After the last row.</param>
    /// <param name="width">d.</param>
    /// <param name="dropout">As in the forward pass.</param>
    public static void Backward(
        AttentionBuffers buffers, AttentionScalars scalars, Span<float> gradients, int begin, int end, int width, AttentionDropout dropout)
    {
        switch (dropout.Threshold > 0, width % TFloat.Count > 0)
        {
            case (false, false): Backward<Off, Off>(buffers, scalars, gradients, begin, end, width, dropout); break;
            case (false, true): Backward<Off, On>(buffers, scalars, gradients, begin, end, width, dropout); break;
            case (true, false): Backward<On, Off>(buffers, scalars, gradients, begin, end, width, dropout); break;
            case (true, true): Backward<On, On>(buffers, scalars, gradients, begin, end, width, dropout); break;
        }
    }

    private static void Forward<TDrops, TPadded>(AttentionBuffers buffers, AttentionScalars scalars, int begin, int end, int width, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
    {
        var scratch = new Scratch(width, vectors: 4);
        try
        {
            for (var row = begin; row < end; row++)
            {
                var position = (long)row * width;
                var q = scratch.Affine(0, buffers.Query[row], scalars.Wq, scalars.Bq);
                var k = scratch.Affine(1, buffers.Source[row], scalars.Wk, scalars.Bk);
                var v = scratch.Affine(2, buffers.Source[row], scalars.Wv, scalars.Bv);
                var (low, high) = Range(k, width);
                float* attended = buffers.Attended + position, sums = buffers.Sums + position;
                if (IsSmall(q, width, low, high))
                    ForwardRow<TDrops, TPadded, On>(q, k, v, attended, sums, scratch.Mask, width, low, high, position, dropout);
                else
                    ForwardRow<TDrops, TPadded, Off>(q, k, v, attended, sums, scratch.Mask, width, low, high, position, dropout);
                new ReadOnlySpan<float>(scratch.Affine(3, attended, scalars.Wo, scalars.Bo), width).CopyTo(new(buffers.Output + position, width));
            }
        }
        finally
        {
            scratch.Free();
        }
    }

    [MethodImpl(Loop.Options)]
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

    private static void Backward<TDrops, TPadded>(
        AttentionBuffers buffers, AttentionScalars scalars, Span<float> gradients, int begin, int end, int width, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
    {
        var scratch = new Scratch(width, vectors: 7);
        try
        {
            for (var row = begin; row < end; row++)
            {
                var position = (long)row * width;
                ReadOnlySpan<float> query = new(buffers.Query[row], width), source = new(buffers.Source[row], width);
                ReadOnlySpan<float> gradient = new(buffers.Gradient[row], width), attended = new(buffers.Attended + position, width);
                var q = scratch.Affine(0, buffers.Query[row], scalars.Wq, scalars.Bq);
                var k = scratch.Affine(1, buffers.Source[row], scalars.Wk, scalars.Bk);
                var v = scratch.Affine(2, buffers.Source[row], scalars.Wv, scalars.Bv);
                var g = scratch.Affine(3, buffers.Gradient[row], scalars.Wo, 0);
                float* dq = scratch.Zero(4), dk = scratch.Zero(5), dv = scratch.Zero(6);
                var (low, high) = Range(k, width);
                if (IsSmall(q, width, low, high))
                    BackwardRow<TDrops, TPadded, On>(buffers, position, q, k, v, g, dq, dk, dv, scratch.Mask, width, low, high, dropout);
                else
                    BackwardRow<TDrops, TPadded, Off>(buffers, position, q, k, v, g, dq, dk, dv, scratch.Mask, width, low, high, dropout);

                ReadOnlySpan<float> dQ = new(dq, width), dK = new(dk, width), dV = new(dv, width);
                Span<float> dQuery = new(buffers.DQuery + position, width), dSource = new(buffers.DSource + position, width);
                TensorPrimitives.Multiply(dQ, scalars.Wq, dQuery);
                TensorPrimitives.Multiply(dK, scalars.Wk, dSource);
                TensorPrimitives.MultiplyAdd(dV, scalars.Wv, dSource, dSource);
                gradients[0] += TensorPrimitives.Dot(dQ, query);
                gradients[1] += TensorPrimitives.Dot(dK, source);
                gradients[2] += TensorPrimitives.Dot(dV, source);
                gradients[3] += TensorPrimitives.Sum(dQ);
                gradients[4] += TensorPrimitives.Sum(dK);
                gradients[5] += TensorPrimitives.Sum(dV);
                gradients[6] += TensorPrimitives.Dot(gradient, attended);
                gradients[7] += TensorPrimitives.Sum(gradient);
            }
        }
        finally
        {
            scratch.Free();
        }
    }

    // With p the softmax, m the mask and g the gradient of o: the gradient of v_b is sum_a g_a p_ab m_ab, and that of the product q_a k_b is
    // p_ab g_a (m_ab v_b - o_a).
    [MethodImpl(Loop.Options)]
    private static void BackwardRow<TDrops, TPadded, TSmall>(
        AttentionBuffers buffers, long position, float* q, float* k, float* v, float* gradient, float* dq, float* dk, float* dv, float* mask,
        int width, float low, float high, AttentionDropout dropout)
        where TDrops : struct, IFlag
        where TPadded : struct, IFlag
        where TSmall : struct, IFlag
    {
        float* output = buffers.Attended + position, sums = buffers.Sums + position;
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
    private static TFloat Exp2<TSmall>(TFloat q, TFloat k, TFloat top) where TSmall : struct, IFlag =>
        TSmall.IsOn ? Exponential<TFloat, TInt>.OfSmall(q * k) : Exponential<TFloat, TInt>.Of(TFloat.MultiplyAdd(q, k, top));

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

    /// <summary>Aligned copies of rows, padded to whole vectors, and the mask of what is not padding.</summary>
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

        /// <summary>A row times a weight plus a bias.</summary>
        public float* Affine(int vector, float* source, float weight, float bias)
        {
            var target = _memory + vector * _stride;
            new ReadOnlySpan<float>(source, _width).CopyTo(new(target, _width));
            new Span<float>(target + _width, _stride - _width).Clear();
            TFloat w = TFloat.Create(weight), b = TFloat.Create(bias);
            for (var i = 0; i < _stride; i += TFloat.Count)
                TFloat.MultiplyAdd(TFloat.Load(target + i), w, b).Store(target + i);
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
