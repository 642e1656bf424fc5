namespace Rearm.Streaming.Cli.Bench;

/// <summary>Looks for the highest rate that a load holds at, in steps: upwards from the first rate, or down from it where not even that one holds.</summary>
internal static class RateSearch
{
    /// <summary>Searches.</summary>
    /// <param name="first">The rate to begin with, calls per second.</param>
    /// <param name="step">From one rate to the next, above 1.</param>
    /// <param name="lowest">No rate below it is tried.</param>
    /// <param name="run">Puts a load of some rate on.</param>
    /// <param name="holds">Whether it was borne.</param>
    /// <returns>The load of the highest rate that holds, null if none does, and that of the lowest tried that does not.</returns>
    public static async Task<(LoadResult? Good, LoadResult Bad)> FindAsync(
        double first, double step, double lowest, Func<double, Task<LoadResult>> run, Func<LoadResult, bool> holds)
    {
        var result = await run(first);
        if (!holds(result))
        {
            var bad = result;
            for (var rate = first / step; rate >= lowest; rate /= step)
            {
                result = await run(rate);
                if (holds(result))
                    return (result, bad);
                bad = result;
            }
            return (null, bad);
        }
        for (var rate = first * step; ; rate *= step)
        {
            var next = await run(rate);
            if (!holds(next))
                return (result, next);
            result = next;
        }
    }
}
