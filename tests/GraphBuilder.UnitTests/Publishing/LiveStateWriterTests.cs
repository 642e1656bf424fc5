using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.Publishing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Publishing;

public class LiveStateWriterTests
{
    [Fact]
    public void PopularItemsOf_State_CountsUsersOfAvailableItemsMostFirst()
    {
        var state = Shop.Build([
            Shop.Touch("u", "two", 1, "a"), Shop.Touch("v", "two", 1, "b"), Shop.Touch("v", "two", 2, "c"),
            Shop.Touch("u", "tie-a", 1, "d"), Shop.Touch("u", "tie-b", 1, "e"), Shop.Touch("u", "gone", 1, "f"), Shop.Touch("w", "gone", 1, "g"), Shop.Touch("v", "gone", 1, "h"),
            Shop.Delete("gone", 5), Shop.Describe("unseen", 1, "i")]);
        var ties = new[] { "tie-a", "tie-b" }.OrderBy(StableHash.Of).ToArray();
        var popular = LiveStateWriter.PopularItemsOf(state, 10);
        Assert.Equal(["two", .. ties], popular.ItemIds);
        Assert.Equal([2, 1, 1], popular.Users);
        Assert.Equal(["two", ties[0]], LiveStateWriter.PopularItemsOf(state, 2).ItemIds);
    }
}
