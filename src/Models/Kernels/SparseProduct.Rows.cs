using System.Runtime.CompilerServices;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Kernels;

/// <summary><see cref="SparseProduct"/> at one vector width.</summary>
internal static unsafe class SparseProduct<TFloat, TInt>
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    /// <summary>The rows [begin, end) of the product, at one vector width.</summary>
    public static void Rows(SparseRows matrix, int begin, int end, float* x, float* y, int width)
    {
        fixed (int* columns = matrix.Columns)
        fixed (float* values = matrix.Values)
            for (var row = begin; row < end; row++)
                Row(columns, values, matrix.Pointers[row], matrix.Pointers[row + 1], x, y + (long)row * width, width);
    }

    /// <summary>One row of a product: the sum of rows of x, y = sum over e of values[e] x[columns[e]].</summary>
    /// <param name="columns">Rows of x.</param>
    /// <param name="values">What each counts for.</param>
    /// <param name="first">The first e.</param>
    /// <param name="last">After the last e.</param>
    /// <param name="x">Row-major, width wide.</param>
    /// <param name="y">Takes the sum, width wide.</param>
    /// <param name="width">Numbers in a row.</param>
    [MethodImpl(Loop.Options)]
    public static void Row(int* columns, float* values, int first, int last, float* x, float* y, int width)
    {
        var n = TFloat.Count;
        var c = 0;
        // Eight sums stay in registers while the row's entries pass.
        for (; c + 8 * n <= width; c += 8 * n)
        {
            TFloat s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (var e = first; e < last; e++)
            {
                var v = TFloat.Create(values[e]);
                var source = x + (long)columns[e] * width + c;
                s0 = TFloat.MultiplyAdd(v, TFloat.Load(source), s0);
                s1 = TFloat.MultiplyAdd(v, TFloat.Load(source + n), s1);
                s2 = TFloat.MultiplyAdd(v, TFloat.Load(source + 2 * n), s2);
                s3 = TFloat.MultiplyAdd(v, TFloat.Load(source + 3 * n), s3);
                s4 = TFloat.MultiplyAdd(v, TFloat.Load(source + 4 * n), s4);
                s5 = TFloat.MultiplyAdd(v, TFloat.Load(source + 5 * n), s5);
                s6 = TFloat.MultiplyAdd(v, TFloat.Load(source + 6 * n), s6);
                s7 = TFloat.MultiplyAdd(v, TFloat.Load(source + 7 * n), s7);
            }
            s0.Store(y + c);
            s1.Store(y + c + n);
            s2.Store(y + c + 2 * n);
            s3.Store(y + c + 3 * n);
            s4.Store(y + c + 4 * n);
            s5.Store(y + c + 5 * n);
            s6.Store(y + c + 6 * n);
            s7.Store(y + c + 7 * n);
        }
        for (; c + 4 * n <= width; c += 4 * n)
        {
            TFloat s0 = default, s1 = default, s2 = default, s3 = default;
            for (var e = first; e < last; e++)
            {
                var v = TFloat.Create(values[e]);
                var source = x + (long)columns[e] * width + c;
                s0 = TFloat.MultiplyAdd(v, TFloat.Load(source), s0);
                s1 = TFloat.MultiplyAdd(v, TFloat.Load(source + n), s1);
                s2 = TFloat.MultiplyAdd(v, TFloat.Load(source + 2 * n), s2);
                s3 = TFloat.MultiplyAdd(v, TFloat.Load(source + 3 * n), s3);
            }
            s0.Store(y + c);
            s1.Store(y + c + n);
            s2.Store(y + c + 2 * n);
            s3.Store(y + c + 3 * n);
        }
        for (; c + n <= width; c += n)
        {
            TFloat sum = default;
            for (var e = first; e < last; e++)
                sum = TFloat.MultiplyAdd(TFloat.Create(values[e]), TFloat.Load(x + (long)columns[e] * width + c), sum);
            sum.Store(y + c);
        }
        for (; c < width; c++)
        {
            var sum = 0f;
            for (var e = first; e < last; e++)
                sum = float.MultiplyAddEstimate(values[e], x[(long)columns[e] * width + c], sum);
            y[c] = sum;
        }
    }
}
