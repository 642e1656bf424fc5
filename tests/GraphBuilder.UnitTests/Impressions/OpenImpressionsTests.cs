using Rearm.Streaming.GraphBuilder.Impressions;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Impressions;

public class OpenImpressionsTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(100);
    private static readonly ArmTally Tally = new(new() { Arm = "A", Generation = 1 });

    private readonly OpenImpressions _open = new(Window, maxItems: 10);
    private ulong _requests = 100;

    [Fact]
    public void Click_OnAnItemShown_CountsOnce()
    {
        var shown = Show(user: 1, time: 1000, 11, 12);

        Assert.Same(shown, _open.Click(1, 12, 2000));
        Assert.Null(_open.Click(1, 12, 3000));
        Assert.Same(shown, _open.Click(1, 11, 3000));
        Assert.Null(_open.Click(1, 13, 3000));
        Assert.Null(_open.Click(2, 11, 3000));
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(101_000, true)]
    [InlineData(101_001, false)]
    public void Click_AtTheWindowsEnds_IsInsideOrNot(long time, bool counts)
    {
        Show(user: 1, time: 1000, 11);

        Assert.Equal(counts, _open.Click(1, 11, time) is not null);
    }

    [Fact]
    public void Click_OnAnItemShownTwice_CountsForTheNewestAndForNoOther()
    {
        Show(user: 1, time: 1000, 11);
        var newest = Show(user: 1, time: 2000, 11, 12);

        Assert.Same(newest, _open.Click(1, 11, 3000));
        // A view and the purchase after it are one.
        Assert.Null(_open.Click(1, 11, 4000));
        // Shown again, it can be clicked again.
        var again = Show(user: 1, time: 5000, 11);
        Assert.Same(again, _open.Click(1, 11, 6000));
    }

    [Fact]
    public void Show_TheSameAnswerAgain_IsKnown()
    {
        Show(user: 1, time: 1000, 11);

        Assert.False(_open.Show(new(1, _requests, 1000, [11], Tally)));
        Assert.Equal(1, _open.Items);
    }

    [Fact]
    public void Show_MoreThanIsKept_ForgetsTheOldestAndSaysSo()
    {
        Show(user: 1, time: 1000, 11, 12, 13, 14);
        Show(user: 2, time: 2000, 11, 12, 13, 14);
        Show(user: 1, time: 3000, 21, 22, 23, 24);

        Assert.Equal((8, 4L), (_open.Items, _open.Forgotten));
        Assert.Null(_open.Click(1, 11, 4000));
        Assert.NotNull(_open.Click(2, 11, 4000));
        Assert.NotNull(_open.Click(1, 21, 4000));
    }

    [Fact]
    public void Expire_AfterTheWindow_LeavesNothing()
    {
        Show(user: 1, time: 1000, 11);
        Show(user: 1, time: 2000, 12);

        _open.Expire(101_500);

        Assert.Equal((1, 0L), (_open.Items, _open.Forgotten));
        Assert.Null(_open.Click(1, 11, 50_000));
        Assert.NotNull(_open.Click(1, 12, 50_000));
    }

    [Fact]
    public void Erase_AUser_LeavesNothingOfTheUser()
    {
        Show(user: 1, time: 1000, 11);
        Show(user: 2, time: 1000, 11);

        _open.Erase(1);
        Assert.Null(_open.Click(1, 11, 2000));
        Assert.NotNull(_open.Click(2, 11, 2000));
        _open.Expire(1_000_000);
        Assert.Equal(0, _open.Items);
    }

    private OpenImpression Show(ulong user, long time, params ulong[] items)
    {
        var shown = new OpenImpression(user, ++_requests, time, items, Tally);
        Assert.True(_open.Show(shown));
        return shown;
    }
}
