using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class RankingTableTests
{
    [Theory]
    [InlineData("a", 0, "")]
    [InlineData("b", 0, "[green]up 1[/]")]
    [InlineData("a", 2, "[yellow]down 2[/]")]
    [InlineData("x", 0, "[green]new[/]")]
    public void Move_AnItem_SaysHowItsRankChanged(string item, int now, string expected) =>
        Assert.Equal(expected, RankingTable.Move(["a", "b", "c"], item, now));

    [Fact]
    public void Describe_KnownItem_IsNameAndCategory()
    {
        var table = new RankingTable([new Item { ItemId = "tent", Attributes = { ["title"] = "Tent" }, Categories = { "Camping" } }]);

        Assert.Equal("Tent (Camping)", table.Describe("tent"));
        Assert.Equal("i7", table.Describe("i7"));
    }

    [Fact]
    public void Compare_RankingsOfUnequalLength_HasARowPerRank() =>
        Assert.Equal(3, new RankingTable([]).Compare(["a", "b", "c"], ["b"]).Rows.Count);
}
