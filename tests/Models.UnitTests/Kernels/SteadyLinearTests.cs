using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public class SteadyLinearTests
{
    // As many as tiktok has items: MKL cuts such a product up by its rows.
    private const int Rows = 6710;

    [Theory]
    [InlineData(32, 8)]
    [InlineData(8, 32)]
    [InlineData(64, 3)]
    [InlineData(2, 64)]
    [InlineData(33, 33)]
    [InlineData(5, 1)]
    public void Steady_NarrowLayer_GivesTheSameBitsOnAnyNumberOfThreads(int inputs, int outputs)
    {
        var alone = Threads.On(1, () => Compute(inputs, outputs, steady: true));

        Assert.All([2, 3, 4], threads => Assert.Equal(alone, Threads.On(threads, () => Compute(inputs, outputs, steady: true))));
    }

    [Theory]
    [InlineData(32, 8)]
    [InlineData(64, 3)]
    [InlineData(5, 128)]
    [InlineData(64, 64)]
    public void Steady_AnyWidth_IsTheLayer(int inputs, int outputs)
    {
        var (expected, actual) = (Compute(inputs, outputs, steady: false), Compute(inputs, outputs, steady: true));

        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * Math.Max(1, Math.Abs(pair.First))));
    }

    [Fact]
    public void Steady_RowsOfSeveralTokens_AreEachTheirOwn()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (layer, x) = (nn.Linear(6, 4), randn(3, 5, 6));

        Assert.True(layer.Steady(x).allclose(layer.forward(x), 1e-5, 1e-6));
        Assert.Equal([3, 5, 4], layer.Steady(x).shape);
    }

    /// <summary>A part of the output, and all gradients.</summary>
    private static float[] Compute(int inputs, int outputs, bool steady)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var layer = nn.Linear(inputs, outputs);
        var (x, weight) = (randn(Rows, inputs, requires_grad: true), randn(Rows, outputs));
        var y = steady ? layer.Steady(x) : layer.forward(x);
        (y * weight).sum([0]).sum().backward();
        return [.. new[] { y, x.grad!, layer.weight!.grad!, layer.bias!.grad! }.SelectMany(t => t.detach().contiguous().data<float>().ToArray())];
    }
}
