using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public class UserInterestTests
{
    private static readonly float[] Items = [4, 0, 0, 2, 0, 0]; // (4,0), (0,2), (0,0)

    [Fact]
    public void Blend_UserAndRecent_KeepsTheUsersLength()
    {
        var query = new float[2];
        Assert.Equal(Interest.Trained, UserInterest.Blend([10, 0], Items, NewItems.None, [1], 0.3f, query));
        Assert.Equal([7f, 3f], query); // (1-w) (10,0) + w 10/2 (0,2)
    }

    [Fact]
    public void Blend_TwoRecentItems_UsesTheDirectionOfTheirMean()
    {
        var query = new float[2];
        UserInterest.Blend([0, 1], Items, NewItems.None, [0, 1], 1f, query);
        Assert.Equal(2 / MathF.Sqrt(5), query[0], 1e-6f); // mean (2,1), at length 1
        Assert.Equal(1 / MathF.Sqrt(5), query[1], 1e-6f);
    }

    [Fact]
    public void Blend_NothingRecent_IsTheUser()
    {
        var query = new float[] { 9, 9 };
        Assert.Equal(Interest.Trained, UserInterest.Blend([1, 2], Items, NewItems.None, [], 0.3f, query));
        Assert.Equal([1f, 2f], query);
    }

    [Fact]
    public void Blend_RecentItemsWithoutAVector_IsTheUser()
    {
        var query = new float[2];
        Assert.Equal(Interest.Trained, UserInterest.Blend([1, 2], Items, NewItems.None, [2], 0.3f, query));
        Assert.Equal([1f, 2f], query);
    }

    [Fact]
    public void Blend_UnknownUser_IsTheMeanOfTheItems()
    {
        var query = new float[2];
        Assert.Equal(Interest.Session, UserInterest.Blend([], Items, NewItems.None, [0, 1], 0.3f, query));
        Assert.Equal([2f, 1f], query);
    }

    [Fact]
    public void Blend_OnlyNewItemsTouched_IsTheMeanOfTheirInterimVectors()
    {
        var generation = SmallGeneration.Random(3, new Random(1));
        var like = new CatalogueItem { NeighborIds = { "i2" }, NeighborCosines = { 0.5f } };
        var unlike = new CatalogueItem { NeighborIds = { "i0" }, NeighborCosines = { 0.5f } };
        var items = NewItems.Of(generation, [KeyValuePair.Create("new", like), KeyValuePair.Create("newer", unlike)], length: 1);
        var query = new float[2];

        Assert.Equal(Interest.Session, UserInterest.Blend([], generation.Items.Matrix, items, [3, 4], 0.3f, query));

        Assert.True(generation.TryGetItem("i0", out var i0));
        Assert.True(generation.TryGetItem("i2", out var i2));
        for (var d = 0; d < 2; d++)
            Assert.Equal((generation.Items[i0][d] + generation.Items[i2][d]) / 2, query[d], 1e-6f);
    }

    [Fact]
    public void Blend_NoUserAndNoItems_IsNone() => Assert.Equal(Interest.None, UserInterest.Blend([], Items, NewItems.None, [], 0.3f, new float[2]));

    [Fact]
    public void Blend_UserWithoutAVector_IsNone() => Assert.Equal(Interest.None, UserInterest.Blend([0, 0], Items, NewItems.None, [2], 0.3f, new float[2]));
}
