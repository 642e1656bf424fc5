using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Training;

public sealed class AdamWOptimizerTests
{
    [Fact]
    public void Step_ManyTimes_IsTorchsAdamW()
    {
        var ours = Run(KernelMode.Auto);
        var torchs = Run(KernelMode.Plain);

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
    private static float[][] Run(KernelMode kernels)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        Parameter[] parameters = [.. new long[][] { [70_001], [3, 5], [40, 64] }.Select(shape => new Parameter(tensor(Gradient(shape), shape)))];
        using var optimizer = new AdamWOptimizer(parameters, 0.01, 0.05, kernels);
        for (var step = 0; step < 6; step++)
        {
            optimizer.ZeroGradients();
            foreach (var parameter in parameters.Take(step < 3 ? 2 : 3))
                parameter.grad = tensor(Gradient(parameter.shape), parameter.shape);
            optimizer.Step();
        }
        return [.. parameters.Select(p => p.data<float>().ToArray())];

        float[] Gradient(long[] shape) => UnitTests.Kernels.Gradients.Random(random, shape.Aggregate((a, b) => a * b));
    }
}
