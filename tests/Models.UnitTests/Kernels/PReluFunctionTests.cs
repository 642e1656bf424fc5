using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class PReluFunctionTests
{
    [Theory]
    [InlineData(3, 5, 0)]
    [InlineData(600, 64, 0)]
    [InlineData(40, 48, 16)]
    [InlineData(40, 30, 7)]
    [InlineData(10, 8, 8)]
    public void Activate_AnyWidth_IsPlainPReluWithItsGradients(int rows, int width, int firstColumn)
    {
        var random = new Random(width);
        Gradients.AssertSame(
            x => PReluFunction.Activate(x[0], x[1], firstColumn),
            x => cat([x[0].narrow(1, 0, firstColumn), nn.functional.prelu(x[0].narrow(1, firstColumn, width - firstColumn), x[1])], 1),
            1e-5, Gradients.Random(random, (long)rows * width), (Gradients.Random(random, (long)rows * width), [rows, width]), ([0.25f], [1]));
    }

    [Fact]
    public void Activate_NotANumber_StaysOne()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(float.NaN, PReluFunction.Activate(full(1, 8, float.NaN), ones(1))[0, 3].item<float>());
    }

    [Fact]
    public void Activate_WhatDoesNotFit_IsRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => PReluFunction.Activate(ones(2, 8), ones(1), 9));
        Assert.Throws<ArgumentException>(() => PReluFunction.Activate(ones(2, 8), ones(2)));
    }
}
