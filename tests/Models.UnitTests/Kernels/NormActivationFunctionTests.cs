using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class NormActivationFunctionTests
{
    [Theory]
    [InlineData(3, 5)]
    [InlineData(700, 64)]
    [InlineData(9, 100)]
    public void Apply_AnyWidth_IsPlainLayerNormAndPReluWithTheirGradients(int rows, int width)
    {
        var random = new Random(width);
        (float[], long[]) Rows() => (Gradients.Random(random, (long)rows * width), [rows, width]);
        (float[], long[]) Row() => (Gradients.Random(random, width), [width]);
        Gradients.AssertSame(
            x => NormActivationFunction.Apply(x[0], x[1], x[2], x[3], x[4], 1e-5),
            x => nn.functional.prelu(nn.functional.layer_norm(x[0] + x[1], [width], x[2], x[3], 1e-5), x[4]),
            3e-5, Gradients.Random(random, (long)rows * width), Rows(), Rows(), Row(), Row(), ([0.2f], [1]));
    }

    [Fact]
    public void Apply_ShapesThatDiffer_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Tensor Apply(int width, int bias) => NormActivationFunction.Apply(ones(2, 8), ones(2, width), ones(8), ones(bias), ones(1), 1e-5);
        Assert.Contains("[2, 9]", Assert.Throws<ArgumentException>(() => Apply(9, 8)).Message);
        Assert.Throws<ArgumentException>(() => Apply(8, 7));
    }
}
