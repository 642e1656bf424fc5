using Rearm.Streaming.Cli.Demo;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class TrainerPlanTests
{
    [Fact]
    public void For_AnotherModel_LeavesRearmsPresetOut()
    {
        Assert.Equal("baby", TrainerPlan.For(new DemoOptions()).Preset);

        var plan = TrainerPlan.For(new DemoOptions { Model = "sea", Epochs = 3 });

        Assert.Equal(("sea", null, 3), (plan.Model, plan.Preset, plan.Epochs));
        Assert.StartsWith("sea, its own defaults", plan.ToString(), StringComparison.Ordinal);
    }
}
