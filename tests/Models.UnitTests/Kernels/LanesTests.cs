using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;

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
        float[] four = new float[3 * width], eight = new float[3 * width], sixteen = new float[3 * width];
        fixed (float* x = dense, y4 = four, y8 = eight, y16 = sixteen)
        {
            SparseProduct<Floats4, Ints4>.Rows(matrix, 0, 3, x, y4, width);
            SparseProduct<Floats8, Ints8>.Rows(matrix, 0, 3, x, y8, width);
            SparseProduct<Floats16, Ints16>.Rows(matrix, 0, 3, x, y16, width);
        }
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
        var four = Attend<Floats4, Ints4>(width, scale, dropout);
        var eight = Attend<Floats8, Ints8>(width, scale, dropout);
        var sixteen = Attend<Floats16, Ints16>(width, scale, dropout);
        for (var i = 0; i < four.Length; i++)
        {
            Assert.InRange(Gradients.Difference(four[i], eight[i]), 0, 1e-5);
            Assert.InRange(Gradients.Difference(four[i], sixteen[i]), 0, 1e-5);
        }
    }

    private static float[][] Attend<TFloat, TInt>(int width, double scale, double dropout)
        where TFloat : struct, IFloatLanes<TFloat, TInt>
        where TInt : struct, IIntLanes<TInt>
    {
        var random = new Random(width);
        float[] Input(double size) => Gradients.Random(random, Rows * width, size);
        float[] Output() => new float[Rows * width];
        float[] q = Input(scale), k = Input(scale), v = Input(1), g = Input(1), o = Output(), z = Output(), dq = Output(), dk = Output(), dv = Output();
        fixed (float* pq = q, pk = k, pv = v, pg = g, po = o, pz = z, pdq = dq, pdk = dk, pdv = dv)
        {
            var buffers = new AttentionBuffers { Q = pq, K = pk, V = pv, Output = po, Sums = pz, Gradient = pg, DQ = pdq, DK = pdk, DV = pdv };
            CoordinateAttention<TFloat, TInt>.Forward(buffers, 0, Rows, width, new(dropout, 4));
            CoordinateAttention<TFloat, TInt>.Backward(buffers, 0, Rows, width, new(dropout, 4));
        }
        return [o, dq, dk, dv];
    }
}
