using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class ContrastFunctionTests
{
    [Theory]
    [InlineData(1, 4, 0.6)]
    [InlineData(37, 5, 0.6)]
    [InlineData(700, 64, 0.6)]
    [InlineData(300, 16, 0.03)]
    [InlineData(257, 33, 0.001)]
    public void Loss_AnySizeAndTemperature_IsPlainInfoNceWithItsGradients(int rows, int width, double temperature)
    {
        var random = new Random(rows);
        (float[], long[]) Units()
        {
            using var scope = NewDisposeScope();
            var x = tensor(Gradients.Random(random, (long)rows * width), [rows, width]);
            return (nn.functional.normalize(x, p: 2, dim: 1).data<float>().ToArray(), [rows, width]);
        }

        // Over so low a temperature single precision itself loses that much of the scores.
        var tolerance = temperature < 0.01 ? 1e-3 : 3e-5;
        Gradients.AssertSame(
            x => ContrastFunction.Loss(x[0], x[1], temperature), x => Plain(x[0], x[1], temperature), tolerance, [0.7f], Units(), Units());
    }

    [Fact]
    public void Loss_WithoutGradients_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(300, 8), rand(300, 8));
        var loss = ContrastFunction.Loss(a, b, 0.5).item<float>();
        Assert.Equal(ContrastFunction.Loss(a.clone().requires_grad_(), b, 0.5).item<float>(), loss);
    }

    [Fact]
    public void Loss_NotANumber_IsSeen()
    {
        using var scope = NewDisposeScope();
        var a = rand(20, 8);
        a[3, 3] = double.NaN;
        Assert.Equal(float.NaN, ContrastFunction.Loss(a, rand(20, 8), 0.5).item<float>());
    }

    [Fact]
    public void Loss_WhatDoesNotFit_IsRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3, 5]", Assert.Throws<ArgumentException>(() => ContrastFunction.Loss(ones(3, 4), ones(3, 5), 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ContrastFunction.Loss(ones(3, 4), ones(3, 4), 0));
    }

    private static Tensor Plain(Tensor a, Tensor b, double temperature)
    {
        var scores = a.mm(b.t()) / temperature;
        return (scores.logsumexp(1) - (a * b).sum(1) / temperature).mean();
    }
}
