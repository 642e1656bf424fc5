using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Kernels;

/// <summary>Runs an operator forth and back: its result, and the gradients of its inputs for a random gradient of the result.</summary>
internal static class Gradients
{
    public static float[][] Of(Func<Tensor[], Tensor> compute, float[] outputGradient, params (float[] Values, long[] Shape)[] inputs)
    {
        using var scope = NewDisposeScope();
        var tensors = inputs.Select(i => tensor(i.Values, i.Shape, requires_grad: true)).ToArray();
        var output = compute(tensors);
        output.backward([tensor(outputGradient, output.shape)]);
        return [output.data<float>().ToArray(), .. tensors.Select(t => t.grad!.contiguous().data<float>().ToArray())];
    }

    public static float[] Random(Random random, long count, double scale = 1) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)((random.NextDouble() * 2 - 1) * scale))];

    /// <summary>Largest difference, in units of the largest expected number, or of 0.1 where all should be about zero (one token attends to itself alone).</summary>
    public static double Difference(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        return expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).DefaultIfEmpty(0).Max() / Math.Max(largest, 0.1);
    }
}
