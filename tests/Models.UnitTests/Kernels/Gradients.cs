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

    /// <summary>The same in float64: what kernels are compared with.</summary>
    public static float[][] OfDouble(Func<Tensor[], Tensor> compute, float[] outputGradient, params (float[] Values, long[] Shape)[] inputs)
    {
        using var scope = NewDisposeScope();
        var tensors = inputs.Select(i => tensor(Array.ConvertAll(i.Values, v => (double)v), i.Shape, requires_grad: true)).ToArray();
        var output = compute(tensors);
        output.backward([tensor(Array.ConvertAll(outputGradient, g => (double)g), output.shape)]);
        return [Floats(output), .. tensors.Select(t => Floats(t.grad!))];

        static float[] Floats(Tensor values) => values.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    /// <summary>Asserts that a kernel gives what plain operators in float64 give, gradients included, and the same bits on any number of threads.</summary>
    public static void AssertSame(
        Func<Tensor[], Tensor> kernel, Func<Tensor[], Tensor> plain, double tolerance, float[] outputGradient, params (float[] Values, long[] Shape)[] inputs)
    {
        var expected = OfDouble(plain, outputGradient, inputs);
        var actual = Threads.On(1, () => Of(kernel, outputGradient, inputs));
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Difference(expected[i], actual[i]);
            Assert.True(difference <= tolerance, $"{(i == 0 ? "The result" : $"The gradient of input {i - 1}")} is off by {difference:g3}.");
        }
        Assert.Equal(actual, Threads.On(3, () => Of(kernel, outputGradient, inputs)));
    }

    public static float[] Random(Random random, long count, double scale = 1) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)((random.NextDouble() * 2 - 1) * scale))];

    /// <summary>
    /// Largest difference, in units of the largest expected number, or of 0.1 where all should be about zero (one token attends to itself alone).
    /// </summary>
    public static double Difference(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        return expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).DefaultIfEmpty(0).Max() / Math.Max(largest, 0.1);
    }
}
