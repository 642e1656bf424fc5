using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>Assertions with a tolerance that say what differs, where and by how much.</summary>
internal static class Close
{
    internal static void To(NpyArray expected, double[] actual, double tolerance, string name) => To(expected.Values, actual, tolerance, name);

    internal static void To(double[] expected, double[] actual, double tolerance, string name)
    {
        Assert.True(expected.Length == actual.Length, $"{name}: {actual.Length} numbers, not {expected.Length}.");
        var (worst, at) = (0.0, -1);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            if (!(difference <= worst))
                (worst, at) = (difference, i);
        }
        Assert.True(at < 0 || worst <= tolerance, $"{name}: element {at} is {(at < 0 ? 0 : actual[at]):R}, not {(at < 0 ? 0 : expected[at]):R}; the difference {worst:g3} is over {tolerance:g3}.");
    }

    internal static void Relative(double expected, double actual, double tolerance, string name) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"{name}: {actual:R}, not {expected:R} (relative tolerance {tolerance:g3}).");
}
