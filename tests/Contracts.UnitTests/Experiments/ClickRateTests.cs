using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Experiments;

public class ClickRateTests
{
    // R: prop.test(clicks, shown, correct = FALSE)$conf.int
    [Theory]
    [InlineData(10, 100, 0.1, 0.0552291, 0.1743657)]
    [InlineData(0, 20, 0, 0, 0.1611252)]
    [InlineData(20, 20, 1, 0.8388748, 1)]
    public void Of_Counts_IsWilsonsInterval(long clicks, long shown, double rate, double low, double high)
    {
        var found = Assert.NotNull(ClickRate.Of(clicks, shown));

        Assert.Equal((rate, low, high), (found.Rate, Math.Round(found.Low, 7), Math.Round(found.High, 7)));
    }

    [Fact]
    public void Of_NothingShown_SaysNothing() => Assert.Null(ClickRate.Of(0, 0));

    [Fact]
    public void Deviation_TwoArms_IsTheTwoProportionTest()
    {
        Assert.Equal(2.2789, ClickRate.Deviation(Arm(60, 1000), Arm(38, 1000)), 3);
        Assert.Equal(0, ClickRate.Deviation(Arm(5, 100), Arm(5, 100)));
        Assert.Equal(0, ClickRate.Deviation(Arm(0, 100), Arm(0, 100)));
        Assert.Equal(0, ClickRate.Deviation(Arm(1, 100), Arm(0, 0)));
    }

    private static ArmCounts Arm(long clicks, long shown) => new() { Clicks = clicks, Shown = shown };
}
