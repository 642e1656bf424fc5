using Rearm.Streaming.Cli.Demo;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class TrainerPlanTests
{
    [Fact]
    public void For_OptionsThatAreSet_HaveTheLastWord()
    {
        Assert.Equal(new("rearm", 8, 3e-3), TrainerPlan.For(new DemoOptions()));

        var plan = TrainerPlan.For(new DemoOptions { Model = "sea", Dataset = "folder", Epochs = 3 });

        Assert.Equal(new("sea", 3, 3e-3), plan);
        Assert.StartsWith("sea, its own defaults", plan.ToString(), StringComparison.Ordinal);
    }
}
