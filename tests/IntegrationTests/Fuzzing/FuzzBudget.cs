using System.Diagnostics;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>How much is tried: a number of rounds, or less on a machine that is busy. What is tried in a round depends on the seed alone.</summary>
internal static class FuzzBudget
{
    /// <summary>Change it to look elsewhere; failures say it.</summary>
    public const int Seed = 1;

    private const int Endless = 1000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The rounds, from 0.</summary>
    /// <param name="least">So many, however long they take.</param>
    /// <param name="most">No more than that.</param>
    /// <param name="isEnough">Until this holds it goes on all the same.</param>
    public static IEnumerable<int> Rounds(int least, int most, Func<bool> isEnough)
    {
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < least || (round < most && watch.Elapsed < Longest) || (round < Endless && !isEnough()); round++)
            yield return round;
    }
}
