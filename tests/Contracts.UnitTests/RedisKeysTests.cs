namespace Rearm.Streaming.Contracts.UnitTests;

public class RedisKeysTests
{
    [Fact]
    public void Fence_OfAKey_IsInTheKeysSlotOfACluster()
    {
        var keys = new RedisKeys("shop.a_1-b");
        foreach (var key in new[] { keys.CurrentSnapshot, keys.CurrentGeneration, keys.LiveMarker })
        {
            // A cluster takes the slot of what is between the first { and the next }, or of the whole key.
            Assert.DoesNotContain('{', key);
            var fence = keys.Fence(key);
            Assert.Equal(key, fence[(fence.IndexOf('{') + 1)..fence.IndexOf('}')]);
            Assert.StartsWith("shop.a_1-b:", fence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("}")]
    [InlineData("{}")]
    [InlineData("a}b")]
    [InlineData("{a")]
    [InlineData("ünï:{x}:7")]
    public void User_AnyId_HasAllKeysInOneSlotOfACluster(string id)
    {
        var keys = new RedisKeys();
        string[] all = [keys.User(id), keys.UserVector(1, id), keys.UserVector(20, id)];
        var slots = Array.ConvertAll(all, key => key[(key.IndexOf('{') + 1)..key.IndexOf('}')]);

        // A cluster takes the whole key where there is nothing between them.
        Assert.NotEqual("", slots[0]);
        Assert.Single(slots.Distinct());
        Assert.Equal(id, keys.User(id)[keys.UserPrefix.Length..^1]);
    }

    [Fact]
    public void UserVector_OfAnyUsers_IsNoOtherUsersKey()
    {
        var keys = new RedisKeys();
        string[] ids = ["a", "a}", "a}:1", "1:{user:a}", "{user:a}", "}", ""];

        var all = ids.SelectMany(id => new[] { keys.User(id), keys.UserVector(1, id), keys.UserVector(11, id) }).ToList();

        Assert.Equal(all.Count, all.Distinct().Count());
    }
}
