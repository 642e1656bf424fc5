using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class PopularityBaselineTests
{
    [Fact]
    public void Recommend_KnownUser_OrdersByUsersAndLeavesOutSeenItems()
    {
        var baseline = new PopularityBaseline(Clicks("a1 b1 c1 e1 a2 b2 c2 a3 e3 d4"));

        Assert.Equal(["1", "2", "3"], baseline.Recommend("d", 3));
        Assert.Equal(["3", "4"], baseline.Recommend("b", 3));
    }

    [Fact]
    public void Recommend_RepeatedClicks_CountOnce()
    {
        var baseline = new PopularityBaseline(Clicks("a1 a1 a1 b2 c2"));

        Assert.Equal(["2", "1"], baseline.Recommend("nobody", 9));
    }

    [Fact]
    public void Recommend_EqualCounts_OrdersByStableHash()
    {
        var baseline = new PopularityBaseline(Clicks("a1 b2 c3"));

        Assert.Equal(new[] { "1", "2", "3" }.OrderBy(StableHash.Of), baseline.Recommend("nobody", 3));
    }

    [Fact]
    public void OfPopularity_HeldOutItems_IsTheMeanOverUsers()
    {
        var data = new DemoData
        {
            Name = "",
            Items = [],
            Clicks = [.. Clicks("a1 b1 a2 c3")],
            HeldOut = new Dictionary<string, string[]> { ["a"] = ["3", "never"], ["c"] = ["1"] },
            StoryUser = "",
        };

        // Half of a's two, and c's only one.
        Assert.Equal(0.75, RecallMeasurement.OfPopularity(data));
    }

    private static IEnumerable<Interaction> Clicks(string pairs) =>
        pairs.Split(' ').Select(p => new Interaction { UserId = p[..1], ItemId = p[1..] });
}
