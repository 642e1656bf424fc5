using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class AttentionFunctionTests
{
    [Theory]
    [InlineData(5, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(40, 7, 0.5)]
    [InlineData(40, 8, 3)]
    [InlineData(33, 16, 0.1)]
    [InlineData(20, 31, 4)]
    [InlineData(300, 64, 0.3)]
    [InlineData(300, 64, 3)]
    [InlineData(7, 100, 2)]
    [InlineData(2, 1030, 1)]
    public void Attend_AnyWidthAndSize_IsPlainAttentionWithItsGradients(int rows, int width, double scale)
    {
        var (q, k, v, gradient) = Inputs(rows, width, scale);

        var expected = Gradients.Of(x => Plain(x[0], x[1], x[2], mask: null), gradient, q, k, v);
        var actual = Gradients.Of(x => AttentionFunction.Attend(x[0], x[1], x[2], 0, 1), gradient, q, k, v);

        Assert.All(expected.Zip(actual), pair => Assert.InRange(Gradients.Difference(pair.First, pair.Second), 0, 2e-5));
    }

    [Theory]
    [InlineData(60, 64, 0.4)]
    [InlineData(60, 64, 0.9)]
    [InlineData(30, 9, 0.5)]
    [InlineData(10, 33, 0.25)]
    public void Attend_WithDropout_DropsTheSameWeightsForthAndBack(int rows, int width, double dropout)
    {
        const long seed = 77;
        var (q, k, v, gradient) = Inputs(rows, width, 1);
        var mask = Mask(rows, width, dropout, seed);

        var expected = Gradients.Of(x => Plain(x[0], x[1], x[2], mask), gradient, q, k, v);
        var actual = Gradients.Of(x => AttentionFunction.Attend(x[0], x[1], x[2], dropout, seed), gradient, q, k, v);

        Assert.All(expected.Zip(actual), pair => Assert.InRange(Gradients.Difference(pair.First, pair.Second), 0, 2e-5));
        var kept = mask.Count(m => m > 0) / (double)mask.Length;
        // Four standard deviations.
        Assert.InRange(kept, 1 - dropout - 4 * Math.Sqrt(dropout * (1 - dropout) / mask.Length), 1 - dropout + 4 * Math.Sqrt(dropout * (1 - dropout) / mask.Length));
    }

    [Fact]
    public void Attend_EverythingDropped_IsZeroWithZeroGradients()
    {
        var (q, k, v, gradient) = Inputs(10, 12, 1);
        Assert.All(Gradients.Of(x => AttentionFunction.Attend(x[0], x[1], x[2], 1, 5), gradient, q, k, v), array => Assert.All(array, value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Attend_AnotherSeed_DropsOtherWeights() => Assert.NotEqual(Mask(4, 64, 0.5, 1), Mask(4, 64, 0.5, 2));

    [Fact]
    public void Attend_HugeProducts_StayFinite()
    {
        var (q, k, v, gradient) = Inputs(10, 64, 1e4);
        Assert.All(Gradients.Of(x => AttentionFunction.Attend(x[0], x[1], x[2], 0, 1), gradient, q, k, v), array => Assert.All(array, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Attend_NoRows_IsEmpty()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 8], AttentionFunction.Attend(empty(0, 8), empty(0, 8), empty(0, 8), 0.5, 1).shape);
    }

    [Fact]
    public void Attend_ShapesThatDiffer_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3, 8]", Assert.Throws<ArgumentException>(() => AttentionFunction.Attend(ones(3, 8), ones(3, 8), ones(3, 9), 0, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => AttentionFunction.Attend(ones(3, 8), ones(3, 8), ones(3, 8), 1.5, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Attend_AnyNumberOfThreads_GivesTheSameBits(int threads)
    {
        var (q, k, v, gradient) = Inputs(700, 40, 2);
        float[][] Run() => Gradients.Of(x => AttentionFunction.Attend(x[0], x[1], x[2], 0.3, 3), gradient, q, k, v);

        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Run();
            set_num_threads(threads);
            Assert.Equal(one, Run());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static ((float[], long[]) Q, (float[], long[]) K, (float[], long[]) V, float[] Gradient) Inputs(int rows, int width, double scale)
    {
        var random = new Random(rows * 31 + width);
        (float[], long[]) Input(double size) => (Gradients.Random(random, (long)rows * width, size), [rows, width]);
        return (Input(scale), Input(scale), Input(1), Gradients.Random(random, (long)rows * width));
    }

    private static Tensor Plain(Tensor q, Tensor k, Tensor v, float[]? mask)
    {
        var weights = nn.functional.softmax(q.unsqueeze(2) * k.unsqueeze(1), 2);
        if (mask is not null)
            weights *= tensor(mask, weights.shape);
        return weights.matmul(v.unsqueeze(2)).squeeze(2);
    }

    /// <summary>Which weights are kept, times 1 / (1 - p): each column read off with a value that is 1 there and 0 elsewhere, the weights being equal.</summary>
    private static float[] Mask(int rows, int width, double dropout, long seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var mask = new float[rows * width * width];
        for (var b = 0; b < width; b++)
        {
            var v = zeros(rows, width);
            v.select(1, b).fill_(1);
            var column = (AttentionFunction.Attend(zeros(rows, width), zeros(rows, width), v, dropout, seed) * width).data<float>().ToArray();
            for (var i = 0; i < column.Length; i++)
                mask[i * width + b] = column[i];
        }
        return mask;
    }
}
