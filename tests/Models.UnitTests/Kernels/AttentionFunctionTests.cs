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
    [InlineData(700, 64, 0.3)]
    [InlineData(300, 64, 3)]
    [InlineData(7, 100, 2)]
    [InlineData(2, 1030, 1)]
    public void Attend_AnyWidthAndSize_IsPlainAttentionWithItsGradients(int rows, int width, double scale) =>
        Compare(rows, width, scale, dropout: 0, mask: null);

    [Theory]
    [InlineData(60, 64, 0.4)]
    [InlineData(60, 64, 0.9)]
    [InlineData(30, 9, 0.5)]
    [InlineData(10, 33, 0.25)]
    public void Attend_WithDropout_DropsTheSameWeightsForthAndBack(int rows, int width, double dropout)
    {
        var mask = Mask(rows, width, dropout, Seed);

        Compare(rows, width, 1, dropout, mask);

        var kept = mask.Count(m => m > 0) / (double)mask.Length;
        var deviation = Math.Sqrt(dropout * (1 - dropout) / mask.Length);
        Assert.InRange(kept, 1 - dropout - 4 * deviation, 1 - dropout + 4 * deviation);
    }

    [Fact]
    public void Attend_EverythingDropped_IsTheBiasWithZeroGradients()
    {
        var random = new Random(1);
        var results = Gradients.Of(Kernel(1), Gradients.Random(random, 120), Inputs(random, 10, 12, 1));
        Assert.All(results[0], value => Assert.Equal(Bo, value));
        Assert.All(results[1..4].SelectMany(g => g), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Attend_AnotherSeed_DropsOtherWeights() => Assert.NotEqual(Mask(4, 64, 0.5, 1), Mask(4, 64, 0.5, 2));

    [Fact]
    public void Attend_HugeProducts_StayFinite()
    {
        var random = new Random(1);
        var results = Gradients.Of(Kernel(0), Gradients.Random(random, 640), Inputs(random, 10, 64, 1e4));
        Assert.All(results, array => Assert.All(array, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Attend_ColumnsOfAWiderMatrix_ReadsThemWhereTheyAre()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        var wide = tensor(Gradients.Random(random, 20 * 48), [20, 48]);
        Tensor[] Scalars() => [ones(3, 1), zeros(3), ones(1, 1), zeros(1)];

        var view = Kernel(0)([wide.narrow(1, 16, 16), wide.narrow(1, 32, 16), .. Scalars()]);

        var copy = Kernel(0)([wide.narrow(1, 16, 16).contiguous(), wide.narrow(1, 32, 16).contiguous(), .. Scalars()]);
        Assert.Equal(copy.data<float>().ToArray(), view.data<float>().ToArray());
    }

    [Fact]
    public void Attend_NoRows_IsEmpty()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 8], Kernel(0.5)([empty(0, 8), empty(0, 8), ones(3, 1), zeros(3), ones(1, 1), zeros(1)]).shape);
    }

    [Fact]
    public void Attend_WhatDoesNotFit_IsRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Tensor Attend(double dropout, int width, int weights) =>
            Kernel(dropout)([ones(3, 8), ones(3, width), ones(weights, 1), zeros(3), ones(1, 1), zeros(1)]);
        Assert.Contains("[3, 9]", Assert.Throws<ArgumentException>(() => Attend(0, 9, 3)).Message);
        Assert.Throws<ArgumentException>(() => Attend(0, 8, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Attend(1.5, 8, 3));
    }

    private const long Seed = 77;
    private const float Bo = 0.3f;

    private static void Compare(int rows, int width, double scale, double dropout, float[]? mask)
    {
        var random = new Random(rows * 31 + width);
        Gradients.AssertSame(Kernel(dropout), x => Plain(x, mask), 3e-5, Gradients.Random(random, (long)rows * width), Inputs(random, rows, width, scale));
    }

    private static Func<Tensor[], Tensor> Kernel(double dropout) => x => AttentionFunction.Attend(x[0], x[1], x[2], x[3], x[4], x[5], dropout, Seed);

    private static (float[], long[])[] Inputs(Random random, int rows, int width, double scale) =>
    [
        (Gradients.Random(random, (long)rows * width, scale), [rows, width]),
        (Gradients.Random(random, (long)rows * width, scale), [rows, width]),
        ([0.9f, -1.1f, 0.8f], [3, 1]),
        ([0.2f, 0.1f, -0.1f], [3]),
        ([-0.7f], [1, 1]),
        ([Bo], [1]),
    ];

    private static Tensor Plain(Tensor[] x, float[]? mask)
    {
        var (q, k, v) = (x[0] * x[2][0] + x[3][0], x[1] * x[2][1] + x[3][1], x[1] * x[2][2] + x[3][2]);
        var weights = nn.functional.softmax(q.unsqueeze(2) * k.unsqueeze(1), 2);
        if (mask is not null)
            weights *= tensor(mask, weights.shape);
        return weights.matmul(v.unsqueeze(2)).squeeze(2) * x[4][0] + x[5];
    }

    /// <summary>
    /// Which weights are kept, times 1 / (1 - p): each column read off with a value that is 1 there and 0 elsewhere, the weights being equal.
    /// </summary>
    private static float[] Mask(int rows, int width, double dropout, long seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var mask = new float[rows * width * width];
        for (var b = 0; b < width; b++)
        {
            var source = zeros(rows, width);
            source.select(1, b).fill_(1);
            var values = tensor(new float[] { 0, 0, 1 }, [3, 1]);
            var column = (AttentionFunction.Attend(source, source, values, zeros(3), ones(1, 1), zeros(1), dropout, seed) * width).data<float>().ToArray();
            for (var i = 0; i < column.Length; i++)
                mask[i * width + b] = column[i];
        }
        return mask;
    }
}
