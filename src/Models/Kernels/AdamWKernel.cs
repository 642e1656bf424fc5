using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>One step of AdamW (Loshchilov and Hutter) over a parameter's memory, in one pass; what torch's takes ten for.</summary>
/// <param name="values">The parameter.</param>
/// <param name="gradient">Its gradient.</param>
/// <param name="mean">Running mean of the gradient.</param>
/// <param name="square">Running mean of its square.</param>
/// <param name="count">Number of elements.</param>
/// <param name="step">What all parameters have in common.</param>
internal readonly unsafe struct AdamWKernel(float* values, float* gradient, float* mean, float* square, long count, AdamWStep step) : IRowKernel
{
    private const int ElementsPerRow = 1024;
    private const int RowsPerChunk = 64;

    /// <summary>Takes the step.</summary>
    public void Run() => RowChunks.Run(this, (int)((count + ElementsPerRow - 1) / ElementsPerRow), RowsPerChunk, ElementsPerRow);

    /// <inheritdoc/>
    public void Rows<TFloat, TInt>(int chunk, int begin, int end)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        long first = (long)begin * ElementsPerRow, last = Math.Min(count, (long)end * ElementsPerRow);
        var whole = first + (last - first) / TFloat.Count * TFloat.Count;
        Elements<TFloat, TInt>(first, whole);
        Elements<Floats1, Ints1>(whole, last);
    }

    [MethodImpl(Loop.Options)]
    private void Elements<TFloat, TInt>(long begin, long end)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        TFloat beta1 = TFloat.Create(step.Beta1), rest1 = TFloat.Create(1 - step.Beta1);
        TFloat beta2 = TFloat.Create(step.Beta2), rest2 = TFloat.Create(1 - step.Beta2);
        TFloat keep = TFloat.Create(step.Keep), rate = TFloat.Create(-step.Rate);
        TFloat correction = TFloat.Create(step.SquareCorrection), epsilon = TFloat.Create(step.Epsilon);
        for (var i = begin; i < end; i += TFloat.Count)
        {
            var g = TFloat.Load(gradient + i);
            var m = TFloat.MultiplyAdd(g, rest1, TFloat.Load(mean + i) * beta1);
            var v = TFloat.MultiplyAdd(g * g, rest2, TFloat.Load(square + i) * beta2);
            m.Store(mean + i);
            v.Store(square + i);
            TFloat.MultiplyAdd(rate, m / TFloat.MultiplyAdd(TFloat.Sqrt(v), correction, epsilon), TFloat.Load(values + i) * keep).Store(values + i);
        }
    }
}
