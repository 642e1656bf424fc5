using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

/// <summary>Every vector width gives what the others give, also those that this machine would not choose by itself.</summary>
public sealed unsafe class LanesTests
{
    private const int Rows = 20;

    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(100)]
    public void SparseProduct_AnyVectorWidth_GivesTheSameBits(int width)
    {
        var random = new Random(width);
        var matrix = new SparseRows([0, 3, 3, 5], [0, 2, 4, 1, 2], Gradients.Random(random, 5));
        var dense = Gradients.Random(random, 5 * width);
        float[] one = new float[3 * width], four = new float[3 * width], eight = new float[3 * width], sixteen = new float[3 * width];
        fixed (float* x = dense, y1 = one, y4 = four, y8 = eight, y16 = sixteen)
        {
            SparseProduct<Floats1, Ints1>.Rows(matrix, 0, 3, x, y1, width);
            SparseProduct<Floats4, Ints4>.Rows(matrix, 0, 3, x, y4, width);
            SparseProduct<Floats8, Ints8>.Rows(matrix, 0, 3, x, y8, width);
            SparseProduct<Floats16, Ints16>.Rows(matrix, 0, 3, x, y16, width);
        }
        Assert.Equal(one, four);
        Assert.Equal(four, eight);
        Assert.Equal(eight, sixteen);
    }

    [Theory]
    [InlineData(7, 0.2, 0.5)]
    [InlineData(64, 0.2, 0)]
    [InlineData(64, 3, 0.4)]
    [InlineData(90, 1, 0.9)]
    public void CoordinateAttention_AnyVectorWidth_AgreesForthAndBack(int width, double scale, double dropout)
    {
        var one = Attend<Floats1, Ints1>(width, scale, dropout);
        var four = Attend<Floats4, Ints4>(width, scale, dropout);
        var eight = Attend<Floats8, Ints8>(width, scale, dropout);
        var sixteen = Attend<Floats16, Ints16>(width, scale, dropout);
        for (var i = 0; i < four.Length; i++)
        {
            Assert.InRange(Gradients.Difference(four[i], one[i]), 0, 1e-5);
            Assert.InRange(Gradients.Difference(four[i], eight[i]), 0, 1e-5);
            Assert.InRange(Gradients.Difference(four[i], sixteen[i]), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData(-130f, 0f)]
    [InlineData(-60f, 100f)]
    [InlineData(-0.5f, 0.5f)]
    public void Exponential_AnyVectorWidth_IsTwoToThePower(float from, float to)
    {
        float[] x = [.. Enumerable.Range(0, 64).Select(i => from + (to - from) * i / 63)];
        float[][] all = [Exponentials<Floats1, Ints1>(x), Exponentials<Floats4, Ints4>(x), Exponentials<Floats8, Ints8>(x), Exponentials<Floats16, Ints16>(x)];
        foreach (var actual in all)
            for (var i = 0; i < x.Length; i++)
            {
                var expected = Math.Pow(2, Math.Max(x[i], -120));
                Assert.InRange(actual[i], expected * (1 - 3e-7), expected * (1 + 3e-7));
            }
    }

    private static float[] Exponentials<TFloat, TInt>(float[] x)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        var y = new float[x.Length];
        fixed (float* source = x, target = y)
            for (var i = 0; i < x.Length; i += TFloat.Count)
                Exponential<TFloat, TInt>.Of(TFloat.Load(source + i)).Store(target + i);
        return y;
    }

    private static float[][] Attend<TFloat, TInt>(int width, double scale, double dropout)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        using var scope = NewDisposeScope();
        var random = new Random(width);
        Tensor Input(double size) => tensor(Gradients.Random(random, Rows * width, size), [Rows, width]);
        Tensor Output() => empty(Rows, width);
        Tensor query = Input(scale), source = Input(scale), gradient = Input(1);
        Tensor attended = Output(), sums = Output(), output = Output(), dQuery = Output(), dSource = Output();
        var buffers = new AttentionBuffers
        {
            Query = MatrixRows.Of(query),
            Source = MatrixRows.Of(source),
            Attended = TensorMemory.Of(attended),
            Sums = TensorMemory.Of(sums),
            Output = TensorMemory.Of(output),
            Gradient = MatrixRows.Of(gradient),
            DQuery = TensorMemory.Of(dQuery),
            DSource = TensorMemory.Of(dSource),
        };
        var scalars = new AttentionScalars(1, -0.9f, 0.7f, 0.1f, 0, -0.1f, 1.2f, 0.3f);
        var gradients = new float[AttentionScalars.Count];
        CoordinateAttention<TFloat, TInt>.Forward(buffers, scalars, 0, Rows, width, new(dropout, 4));
        CoordinateAttention<TFloat, TInt>.Backward(buffers, scalars, gradients, 0, Rows, width, new(dropout, 4));
        return [output.data<float>().ToArray(), dQuery.data<float>().ToArray(), dSource.data<float>().ToArray(), gradients];
    }
}
