using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class RepresentationFunctionTests
{
    [Theory]
    [InlineData(3, 5, 1, true)]
    [InlineData(600, 64, 2, true)]
    [InlineData(40, 16, 3, false)]
    [InlineData(9, 10, 2, true)]
    public void Join_AnyNumberOfParts_IsThePlainSumWithItsGradients(int nodes, int d, int modalities, bool withShared)
    {
        var random = new Random(d);
        (float[], long[]) Rows(int width) => (Gradients.Random(random, (long)nodes * width), [nodes, width]);
        (float[], long[])[] inputs = [Rows(d), Rows(modalities * d), ([0.25f], [1]), .. withShared ? [Rows(d)] : Array.Empty<(float[], long[])>()];

        Gradients.AssertSame(
            x => RepresentationFunction.Join(x[0], x[1], withShared ? x[3] : null, x[2]),
            x => cat([.. x[1].split(d, 1).Concat(x.Skip(3)).Select(part => nn.functional.prelu(part, x[2]) + x[0])], 1),
            1e-5, Gradients.Random(random, (long)nodes * d * (modalities + (withShared ? 1 : 0))), inputs);
    }

    [Fact]
    public void Join_ShapesThatDoNotFit_AreRefusedBeforeAnythingIsComputed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("[3, 9]", Assert.Throws<ArgumentException>(() => RepresentationFunction.Join(ones(3, 4), ones(3, 9), null, ones(1))).Message);
        Assert.Throws<ArgumentException>(() => RepresentationFunction.Join(ones(3, 4), ones(3, 8), ones(3, 5), ones(1)));
    }
}
