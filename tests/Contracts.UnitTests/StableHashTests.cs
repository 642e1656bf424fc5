namespace Rearm.Streaming.Contracts.UnitTests;

public class StableHashTests
{
    [Fact]
    public void Of_KnownIds_NeverChanges()
    {
        // From sha256sum: stored graphs depend on these.
        Assert.Equal(0xe3b0c44298fc1c14ul, StableHash.Of(""));
        Assert.Equal(0xba7816bf8f01cfeaul, StableHash.Of("abc"));
        Assert.Equal([0xba7816bf8f01cfeaul], StableHash.Of((IReadOnlyList<string>)["abc"]));
    }
}
