using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class ItemTrendsTests
{
    private static readonly long Week = (long)ItemTrends.DefaultHalfLife.TotalMilliseconds;

    [Fact]
    public void At_UsersOfSeveralTimes_HalvesEachForEveryHalfLife()
    {
        var trends = new ItemTrends(ItemTrends.DefaultHalfLife);
        trends.Change(0, -1, 10 * Week);
        trends.Change(0, -1, 9 * Week);
        trends.Change(1, -1, 10 * Week);
        trends.Change(1, 10 * Week, 11 * Week);
        var now = trends.At(11 * Week);
        Assert.Equal(0.75, now[0], 1e-6);
        Assert.Equal(1, now[1], 1e-6);
    }

    [Fact]
    public void Pictures_OfAStateWithAnotherHalfLife_HalveByThat()
    {
        var state = new GraphState(TimeSpan.FromDays(1));
        var shard = state.NewShard(0);
        state.Add(shard);
        shard.Touch("u", "yesterday", PairKind.Positive, 1, 6 * Week / 7);
        shard.Touch("u", "today", PairKind.Positive, 1, Week);
        shard.ReadUpTo(Week);
        Assert.Equal([0.5f, 1], state.PictureItems(1).Trends);
    }

    [Fact]
    public void At_TheNewestTakenAway_KeepsTheOrderOfTheOthers()
    {
        var trends = new ItemTrends(TimeSpan.FromHours(1));
        trends.Change(0, -1, 1000 * Week);
        for (var user = 0; user < 3; user++)
            trends.Change(1, -1, 1000 * Week - user * Week / 7);
        trends.Change(2, -1, 1000 * Week - 2 * Week / 7);
        trends.Change(0, 1000 * Week, -1);
        var counts = trends.At(1000 * Week - 3 * Week);
        Assert.Equal(0, counts[0]);
        Assert.True(counts[1] > counts[2] && float.IsFinite(counts[1]));
    }

    [Fact]
    public void Change_TakenBack_LeavesNothing()
    {
        var trends = new ItemTrends(ItemTrends.DefaultHalfLife);
        for (var user = 0; user < 100; user++)
            trends.Change(3, -1, user * Week / 7);
        for (var user = 99; user >= 0; user--)
            trends.Change(3, user * Week / 7, -1);
        Assert.Equal(0, trends.At(20 * Week)[3], 1e-6);
    }

    [Fact]
    public void Change_FiftyYearsLater_NeitherOverflowsNorDependsOnTheOrder()
    {
        long[] times = [0, 1 * Week, 2600 * Week, 2601 * Week, 2600 * Week + 5];
        float[] Of(IEnumerable<long> order)
        {
            var trends = new ItemTrends(ItemTrends.DefaultHalfLife);
            foreach (var time in order)
                trends.Change(0, -1, time);
            return trends.At(2601 * Week);
        }
        Assert.Equal(2, Of(times)[0], 1e-5);
        Assert.Equal(Of(times)[0], Of(times.Reverse())[0], 1e-6f);
    }

    [Fact]
    public void Touch_RepeatedRetractedAndErased_CountsUsersOnce()
    {
        var state = new GraphState();
        var shard = state.NewShard(0);
        state.Add(shard);
        var time = 100 * Week;
        for (var n = 0; n < 3; n++)
            shard.Touch("u", "i", PairKind.Positive, 1, time);
        shard.Touch("v", "i", PairKind.Positive, 1, time);
        shard.Touch("w", "i", PairKind.Positive, 1, time);
        Assert.Equal(3, state.PictureItems(1).Trends[0], 1e-6);
        shard.Touch("v", "i", PairKind.Retracted, 0, time);
        shard.EraseUser("w", time);
        Assert.Equal(1, state.PictureItems(1).Trends[0], 1e-6);
        // From one of three partitions, for all of them.
        Assert.Equal(3, state.PictureItems(3).Trends[0], 1e-6);
        state.Remove(shard);
        Assert.Equal(0, state.PictureItems(3).Trends[0]);
        state.Add(shard);
        Assert.Equal(1, state.PictureItems(1).Trends[0], 1e-6);
    }
}
