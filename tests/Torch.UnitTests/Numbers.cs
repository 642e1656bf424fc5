using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

/// <summary>Short ways to make and compare tensors.</summary>
internal static class Numbers
{
    internal static Tensor Vector(params double[] values) => tensor(values);

    internal static Tensor Matrix(long rows, params double[] values) => tensor(values, [rows, values.Length / rows]);

    internal static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-9)
    {
        Assert.Equal(expected.shape, actual.shape);
        AssertClose(expected.contiguous().data<double>().ToArray(), actual, tolerance);
    }

    internal static void AssertClose(double[] expected, Tensor actual, double tolerance = 1e-9)
    {
        var values = actual.to(float64).contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"element {i}: {expected[i]} expected, {values[i]} found");
    }

    /// <summary>Compares the gradients of the sum of weighted outputs with central differences, in double precision.</summary>
    internal static void AssertGradients(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        foreach (var input in inputs)
            input.requires_grad = true;
        var output = function(inputs);
        manual_seed(7);
        var weights = randn(output.shape, float64);
        (output * weights).sum().backward();
        const double step = 1e-6;
        foreach (var input in inputs)
        {
            using var off = no_grad();
            var gradient = input.grad!.to_dense();
            var numeric = zeros_like(input);
            var flat = input.data<double>();
            var found = numeric.data<double>();
            for (long i = 0; i < input.numel(); i++)
            {
                var at = Unflatten(i, input.shape);
                var value = flat[at];
                flat[at] = value + step;
                var above = (function(inputs) * weights).sum().ToDouble();
                flat[at] = value - step;
                var below = (function(inputs) * weights).sum().ToDouble();
                flat[at] = value;
                found[at] = (above - below) / (2 * step);
            }
            AssertClose(numeric, gradient, 1e-6);
        }
    }

    private static long[] Unflatten(long index, long[] shape)
    {
        var at = new long[shape.Length];
        for (var i = shape.Length - 1; i >= 0; i--)
            (index, at[i]) = Math.DivRem(index, shape[i]);
        return at;
    }
}
