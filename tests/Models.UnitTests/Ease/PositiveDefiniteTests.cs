using Rearm.Streaming.Models.Ease;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Ease;

public class PositiveDefiniteTests
{
    // One block, blocks that divide the size, and that don't.
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(48, 16)]
    [InlineData(53, 16)]
    [InlineData(53, 7)]
    public void Invert_AnySize_IsTheInverse(int n, int block)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(n);
        var expected = linalg.inv(matrix.to(ScalarType.Float64));

        PositiveDefinite.Invert(matrix, block);

        var difference = (matrix.to(ScalarType.Float64) - expected).abs().max().item<double>() / expected.abs().max().item<double>();
        Assert.True(difference < 1e-5, $"The inverse is off by {difference:g3}.");
        Assert.True((matrix - matrix.t()).abs().max().item<float>() < 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-100)]
    public void Invert_NotPositiveDefinite_IsRefused(float diagonal)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(20);
        matrix[17, 17] = diagonal;

        Assert.Throws<TrainingException>(() => PositiveDefinite.Invert(matrix, 8));
    }

    [Fact]
    public void Invert_AnyNumberOfThreads_GivesTheSameBits()
    {
        float[] Inverse()
        {
            using var scope = NewDisposeScope();
            var matrix = Matrix(700);
            PositiveDefinite.Invert(matrix);
            return matrix.data<float>().ToArray();
        }

        Assert.Equal(Threads.On(1, Inverse), Threads.On(3, Inverse));
    }

    private static Tensor Matrix(int n)
    {
        var random = new Random(5);
        var x = tensor(Enumerable.Range(0, 2 * n * n).Select(_ => random.NextSingle() - 0.5f).ToArray(), [2 * n, n]);
        return (x.t().mm(x) + eye(n)).contiguous();
    }
}
