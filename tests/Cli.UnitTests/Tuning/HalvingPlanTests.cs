using Rearm.Streaming.Cli.Tuning;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

public class HalvingPlanTests
{
    [Theory]
    [InlineData(8, 40, "8x5 4x10 2x20 1x40")]
    [InlineData(5, 8, "5x1 3x2 2x4 1x8")]
    [InlineData(4, 1, "4x1 2x1 1x1")]
    [InlineData(2, 9, "2x4 1x9")]
    [InlineData(3, 8, "3x2 2x4 1x8")]
    [InlineData(24, 48, "24x6 8x12 3x24 1x48")]
    [InlineData(1000, 80, "1000x10 100x20 10x40 1x80")]
    [InlineData(1, 7, "1x7")]
    [InlineData(9, 0, "9x0")]
    public void Of_TrialsAndEpochs_LeavesFewerTrialsAndDoublesEpochs(int trials, int epochs, string plan) =>
        Assert.Equal(plan, string.Join(' ', HalvingPlan.Of(trials, epochs).Select(r => $"{r.Trials}x{r.Epochs}")));

    [Fact]
    public void NewEpochs_OfAllRounds_AreThoseNotTrainedBefore()
    {
        var plan = HalvingPlan.Of(8, 40);
        Assert.Equal([40, 20, 20, 20], Enumerable.Range(0, plan.Count).Select(rung => HalvingPlan.NewEpochs(plan, rung)));
    }

    [Fact]
    public void Best_SomeResults_KeepsTheBestHalfWithoutFailures()
    {
        TrialResult[] results = [Result(0, 0.1), Result(1, null), Result(2, 0.3), Result(3, 0.2), Result(4, 0.2), Result(5, 0.4)];

        Assert.Equal([2, 3, 5], HalvingPlan.Best(results, 3).Select(r => r.Trial));
        // Of equals the first, and never a failure.
        Assert.Equal([0, 2, 3, 4, 5], HalvingPlan.Best(results, 6).Select(r => r.Trial));
    }

    private static TrialResult Result(int trial, double? recall) =>
        new(trial, 1, 1, 1, recall, 0, recall is null ? "broke" : null, new Dictionary<string, string>());
}
