using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class ChangeLogTests
{
    [Fact]
    public void Since_SomeVersion_HasWhatItemsWereThen()
    {
        var log = new ChangeLog<int>(4);
        log.Add("a", 1);
        log.Add("b", 2);
        log.Add("a", 3);

        Assert.Equal(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, log.Since(0));
        Assert.Equal(new Dictionary<string, int> { ["b"] = 2, ["a"] = 3 }, log.Since(1));
        Assert.Empty(log.Since(3)!);
        Assert.Null(log.Since(-1));
    }

    [Fact]
    public void Since_TooLongAgo_IsNotKnown()
    {
        var log = new ChangeLog<int>(4);
        for (var n = 0; n < 6; n++)
            log.Add($"{n}", n);

        Assert.Null(log.Since(1));
        Assert.Equal(["2", "3", "4", "5"], log.Since(2)!.Keys.Order());
    }
}
