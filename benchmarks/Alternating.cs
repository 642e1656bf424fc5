using System.Diagnostics;

namespace Rearm.Streaming.Benchmarks;

/// <summary>
/// Times two ways of doing the same in turns, so that whatever else the machine does falls on both alike. What counts is the ratio.
/// </summary>
internal static class Alternating
{
    private const int Rounds = 9;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(2);

    /// <returns>The medians, in milliseconds.</returns>
    public static (double Ours, double Other) Measure(Action ours, Action other)
    {
        WarmUp(ours);
        WarmUp(other);
        var (a, b) = (new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
            (a[round], b[round]) = (Time(ours), Time(other));
        Array.Sort(a);
        Array.Sort(b);
        return (a[Rounds / 2], b[Rounds / 2]);
    }

    // The JIT compiles anew what has run thirty times, and again by its profile; what is measured is what training runs for hours.
    private static void WarmUp(Action work)
    {
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < 60 && clock.Elapsed < LongestWarmUp; run++)
            work();
    }

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
