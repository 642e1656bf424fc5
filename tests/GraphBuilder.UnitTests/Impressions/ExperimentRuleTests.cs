using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Impressions;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Impressions;

public class ExperimentRuleTests
{
    private static readonly Experiment Running = new()
    {
        Id = "e",
        Control = new() { Name = "A", Generation = 1 },
        Treatment = new() { Name = "B", Generation = 2 },
    };

    [Theory]
    [InlineData(100, 10_000, 200, 10_000, "B")]
    [InlineData(200, 10_000, 100, 10_000, "A")]
    [InlineData(100, 10_000, 130, 10_000, null)]
    [InlineData(100, 10_000, 100, 10_000, null)]
    // Certain, but too few to go by.
    [InlineData(0, 900, 400, 900, null)]
    [InlineData(100, 10_000, 90, 900, null)]
    public void Decide_Counts_NamesTheArmThatIsBetterBeyondChance(long clicksA, long shownA, long clicksB, long shownB, string? winner) =>
        Assert.Equal(winner, ExperimentRule.Decide(Running, [Arm("A", 1, clicksA, shownA), Arm("B", 2, clicksB, shownB)], 1000)?.Name);

    [Fact]
    public void Decide_NothingCountedYet_NamesNone() => Assert.Null(ExperimentRule.Decide(Running, [], 1));

    // Two arms alike, looked at 200 times: chance must not end it.
    [Fact]
    public void Decide_ArmsAlikeLookedAtAgainAndAgain_RarelyNamesOne()
    {
        var random = new Random(1);
        var ended = 0;
        for (var experiment = 0; experiment < 200; experiment++)
        {
            var (a, b) = (Arm("A", 1, 0, 0), Arm("B", 2, 0, 0));
            for (var look = 0; look < 200; look++)
            {
                foreach (var arm in new[] { a, b })
                {
                    arm.Shown += 100;
                    for (var item = 0; item < 100; item++)
                        arm.Clicks += random.NextDouble() < 0.05 ? 1 : 0;
                }
                if (ExperimentRule.Decide(Running, [a, b], 1000) is null)
                    continue;
                ended++;
                break;
            }
        }
        Assert.InRange(ended, 0, 2);
    }

    private static ArmCounts Arm(string name, long generation, long clicks, long shown) =>
        new() { Experiment = "e", Arm = name, Generation = generation, Clicks = clicks, Shown = shown };
}
