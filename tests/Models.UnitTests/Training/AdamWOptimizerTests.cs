using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Training;

public sealed class AdamWOptimizerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_ManyTimes_IsTorchsAdamW(bool kernels)
    {
        var ours = Run(parameters => new AdamWOptimizer(parameters, 0.01, 0.05, kernels ? KernelMode.Auto : KernelMode.Plain), o => o.Step());
        var torchs = Run(parameters => optim.AdamW(parameters, 0.01, weight_decay: 0.05), o => o.step());

        foreach (var (expected, actual) in torchs.Zip(ours))
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - 2e-6f, pair.First + 2e-6f));
    }

    [Fact]
    public void Step_NoGradient_LeavesTheParameterAlone()
    {
        using var parameter = new Parameter(ones(5));
        using var optimizer = new AdamWOptimizer([parameter], 0.1, 0.1);

        optimizer.Step();

        Assert.All(parameter.data<float>().ToArray(), value => Assert.Equal(1, value));
    }

    // The third parameter has a gradient only later, so that it is behind in its steps.
    private static float[][] Run<T>(Func<Parameter[], T> create, Action<T> step) where T : IDisposable
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        Parameter[] parameters = [.. new long[][] { [70_001], [3, 5], [40, 64] }.Select(shape => new Parameter(tensor(Gradient(shape), shape)))];
        using var optimizer = create(parameters);
        for (var n = 0; n < 6; n++)
        {
            foreach (var parameter in parameters)
                parameter.grad = null;
            foreach (var parameter in parameters.Take(n < 3 ? 2 : 3))
                parameter.grad = tensor(Gradient(parameter.shape), parameter.shape);
            step(optimizer);
        }
        return [.. parameters.Select(p => p.data<float>().ToArray())];

        float[] Gradient(long[] shape) => UnitTests.Kernels.Gradients.Random(random, shape.Aggregate((a, b) => a * b));
    }
}
