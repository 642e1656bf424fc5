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
}
