using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public class PopularItemsWriterTests
{
    [Fact]
    public void PopularItemsOf_State_CountsUsersOfAvailableItemsMostFirst()
    {
        var state = GraphStates.Of([
            ShopRecord.Touch("u", "two", 1, "a"), ShopRecord.Touch("v", "two", 1, "b"), ShopRecord.Touch("v", "two", 2, "c"),
            ShopRecord.Touch("u", "tie-a", 1, "d"), ShopRecord.Touch("u", "tie-b", 1, "e"), ShopRecord.Touch("u", "gone", 1, "f"), ShopRecord.Touch("w", "gone", 1, "g"), ShopRecord.Touch("v", "gone", 1, "h"),
            ShopRecord.Delete("gone", 5), ShopRecord.Describe("unseen", 1, "i")]);
        var ties = new[] { "tie-a", "tie-b" }.OrderBy(StableHash.Of).ToArray();
        var popular = PopularItemsWriter.PopularItemsOf(state, 10);
        Assert.Equal(["two", .. ties], popular.ItemIds);
        Assert.Equal([2, 1, 1], popular.Users);
        Assert.Equal(["two", ties[0]], PopularItemsWriter.PopularItemsOf(state, 2).ItemIds);
    }
}
