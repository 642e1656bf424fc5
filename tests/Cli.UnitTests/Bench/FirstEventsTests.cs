using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public class FirstEventsTests
{
    private static readonly Dataset Data = new()
    {
        Name = "tiny",
        UserCount = 3,
        ItemCount = 4,
        Train = new([0, 1, 1, 2], [3, 0, 1, 2], [30, 10, 20, 10], ["buy", "view", "view", "cart"]),
        Test = new([2], [3], [40]),
    };

    [Theory]
    [InlineData(1e-9, "1:0")]
    [InlineData(0.5, "1:0 2:2")]
    [InlineData(0.75, "1:0 2:2 1:1")]
    [InlineData(1, "1:0 2:2 1:1 0:3")]
    public void Of_AShare_KeepsTheOldestOfAllUsers(double share, string expected)
    {
        var first = FirstEvents.Of(Data, share);

        Assert.Equal(expected, string.Join(' ', first.Train.Users.Zip(first.Train.Items, (user, item) => $"{user}:{item}")));
        Assert.Equal((3, 4, 1), (first.UserCount, first.ItemCount, first.Test.Count));
    }

    [Fact]
    public void Of_AShare_KeepsTimesAndTypesWithTheirRows()
    {
        var train = FirstEvents.Of(Data, 0.75).Train;

        Assert.Equal([10, 10, 20], train.Times!);
        Assert.Equal(["view", "cart", "view"], train.Types!);
    }
}
