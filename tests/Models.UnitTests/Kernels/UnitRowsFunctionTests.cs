using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

public sealed class UnitRowsFunctionTests
{
    [Theory]
    [InlineData(3, 5)]
    [InlineData(700, 192)]
    [InlineData(9, 100)]
    public void Scale_AnyWidth_IsPlainNormalizeWithItsGradient(int rows, int width)
    {
        var random = new Random(width);
        Gradients.AssertSame(
            x => UnitRowsFunction.Scale(x[0]), x => nn.functional.normalize(x[0], p: 2, dim: 1),
            1e-5, Gradients.Random(random, (long)rows * width), (Gradients.Random(random, (long)rows * width), [rows, width]));
    }

    [Fact]
    public void Scale_RowOfZeros_StaysZeros()
    {
        using var scope = NewDisposeScope();
        Assert.All(UnitRowsFunction.Scale(zeros(2, 8)).data<float>().ToArray(), value => Assert.Equal(0, value));
    }
}
