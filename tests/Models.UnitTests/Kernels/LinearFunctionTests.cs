using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class LinearFunctionTests
{
    // Fewer outputs than inputs and more, rows and columns that tiles divide and that they don't, sums longer than one block, one of everything.
    [Theory]
    [InlineData(130, 500, 64)]
    [InlineData(400, 64, 192)]
    [InlineData(7, 5, 33)]
    [InlineData(301, 70, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(50, 1, 4)]
    [InlineData(9, 40, 1)]
    public void Apply_AnyShape_IsThePlainLayerWithItsGradients(int rows, int inputs, int outputs)
    {
        var random = new Random(rows);
        (float[], long[]) Matrix(params long[] shape) => (Gradients.Random(random, shape.Aggregate(1L, (a, b) => a * b)), shape);
        var gradient = Gradients.Random(random, (long)rows * outputs);

        Gradients.AssertSame(
            x => LinearFunction.Apply(x[0], x[1], x[2]), x => nn.functional.linear(x[0], x[1], x[2]), 1e-5, gradient,
            Matrix(rows, inputs), Matrix(outputs, inputs), Matrix(outputs));
    }

    [Fact]
    public void Apply_ColumnsOfAWiderMatrix_AreReadWhereTheyAre()
    {
        var random = new Random(3);
        var gradient = Gradients.Random(random, 50 * 40);

        Gradients.AssertSame(
            x => LinearFunction.Apply(x[0].narrow(1, 10, 30), x[1].t(), null), x => nn.functional.linear(x[0].narrow(1, 10, 30), x[1].t()), 1e-5, gradient,
            (Gradients.Random(random, 50 * 60), [50, 60]), (Gradients.Random(random, 30 * 40), [30, 40]));
    }

    [Fact]
    public void Apply_NoRow_GivesGradientsOfZero()
    {
        using var scope = NewDisposeScope();
        var weight = rand(2, 3, requires_grad: true);

        LinearFunction.Apply(zeros(0, 3), weight, null).sum().backward();

        Assert.True(weight.grad!.allclose(zeros(2, 3)));
    }

    [Fact]
    public void Apply_FrozenInput_GivesWeightsTheirGradientAlone()
    {
        using var scope = NewDisposeScope();
        Tensor x = rand(20, 8), weight = rand(4, 8, requires_grad: true), bias = rand(4, requires_grad: true);

        LinearFunction.Apply(x, weight, bias).sum().backward();

        Assert.Null(x.grad);
        Assert.True(weight.grad!.allclose(x.sum([0]).expand(4, 8), rtol: 1e-5));
        Assert.True(bias.grad!.allclose(full(4, 20f)));
    }

    [Fact]
    public void Apply_ShapesThatDoNotFit_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[4, 9]", Assert.Throws<ArgumentException>(() => LinearFunction.Apply(ones(3, 8), ones(4, 9), null)).Message);
        Assert.Throws<ArgumentException>(() => LinearFunction.Apply(ones(3, 8), ones(4, 8), ones(3)));
        Assert.Throws<ArgumentException>(() => LinearFunction.Apply(ones(8), ones(4, 8), null));
        Assert.Throws<ArgumentException>(() => LinearFunction.Apply(ones(3, 8, dtype: ScalarType.Float64), ones(4, 8), null));
    }
}
