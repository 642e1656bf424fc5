using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Separation;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

/// <summary>Against the network's own operators and their gradients in float64.</summary>
public class GaussianLikelihoodTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(127, 3, 5)]
    [InlineData(128, 32, 8)]
    [InlineData(1500, 6, 3)]
    public void Loss_AnySize_IsThatOfPlainOperatorsAndSoAreTheGradients(int rows, int width, int hidden)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = new ConditionalGaussian(width, hidden, ScalarType.Float64, CPU);
        // Beyond where a tanh ends, too.
        Tensor a = randn(rows, width, dtype: ScalarType.Float64) * 4, b = randn(rows, width, dtype: ScalarType.Float64);
        var expected = network.NegativeLogLikelihood(a, b, rows);
        expected.backward();
        var likelihood = new GaussianLikelihood(Floats(a), Floats(b), width, hidden);
        var gradients = new float[likelihood.Weights];

        var loss = likelihood.Loss([.. network.parameters().SelectMany(p => Floats(p))], 1f / rows, gradients);

        Assert.Equal(expected.item<double>(), loss, 1e-5 * Math.Max(1, Math.Abs(expected.item<double>())));
        var wanted = network.parameters().SelectMany(p => Floats(p.grad!)).ToArray();
        Assert.All(wanted.Zip(gradients), g => Assert.Equal(g.First, g.Second, 1e-5 * Math.Max(1, wanted.Max(Math.Abs))));
    }

    [Fact]
    public void Loss_AnyNumberOfThreads_GivesTheSameBits()
    {
        var random = new Random(1);
        float[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        var likelihood = new GaussianLikelihood(Random(4000 * 5), Random(4000 * 5), 5, 7);
        var weights = Random(likelihood.Weights);
        float[] Gradients()
        {
            var gradients = new float[likelihood.Weights];
            likelihood.Loss(weights, 1, gradients);
            return gradients;
        }

        Assert.Equal(Threads.On(1, Gradients), Threads.On(3, Gradients));
    }

    [Fact]
    public void Create_RowsOfAnotherShape_AreRefused() => Assert.Throws<ArgumentException>(() => new GaussianLikelihood(new float[6], new float[4], 2, 3));

    private static float[] Floats(Tensor tensor) => tensor.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
