using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.ServiceDefaults.Progress;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Progress;

public class PaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Pace_ShareDone_HasRateAndTimeLeft()
    {
        var pace = new Pace(_time, "Sending", "items", 40_000);
        _time.Advance(TimeSpan.FromSeconds(5));
        pace.Report(12_000);

        Assert.Equal((2400, TimeSpan.FromSeconds(28_000 / 2400.0)), (pace.PerSecond, pace.Left));
        Assert.Equal("12,000 of 40,000 items, 2,400 a second, 12 s left", pace.ToString());
    }

    [Fact]
    public void Pace_WhatWasDoneBefore_IsNotCountedAsSpeed()
    {
        var pace = new Pace(_time, "Searching", "trials", 20, done: 10);
        _time.Advance(TimeSpan.FromMinutes(1));
        pace.Report(12);

        Assert.Equal("12 of 20 trials, 2 a minute, 4 min left", pace.ToString());
    }

    [Fact]
    public void Pace_NextToNothingDone_LeavesTheLongestTime()
    {
        var pace = new Pace(_time, "Writing", "users", 1_000_000_000_000);
        _time.Advance(TimeSpan.FromHours(1));
        pace.Report(1);

        // A billion hours and more are no time that there is.
        Assert.Equal(TimeSpan.FromDays(100_000), pace.Left);
    }

    [Fact]
    public void Pace_NothingDoneYet_SaysHowLongItHasTaken()
    {
        var pace = new Pace(_time, "Sending", "items", 10);
        Assert.Equal("0 of 10 items, 0 s so far", pace.ToString());

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("0 of 10 items, 3 s so far", pace.ToString());
        Assert.Null(pace.Left);
    }

    [Theory]
    [InlineData(0, "90 s so far")]
    [InlineData(45, "45 records, 30 a minute")]
    public void Pace_TotalNotKnown_HasNoTimeLeft(long done, string expected)
    {
        var pace = new Pace(_time, "Reading", "records", 0);
        _time.Advance(TimeSpan.FromSeconds(90));
        pace.Report(done);

        Assert.Null(pace.Left);
        Assert.Equal(expected, pace.ToString());
    }

    [Fact]
    public void Pace_MoreDoneThanThereWere_LeavesNothing()
    {
        var pace = new Pace(_time, "Recommending", "users", 10);
        _time.Advance(TimeSpan.FromSeconds(1));
        pace.Report(12);

        Assert.Equal(TimeSpan.Zero, pace.Left);
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.1, "1 s")]
    [InlineData(99, "99 s")]
    [InlineData(100, "2 min")]
    [InlineData(5940, "99 min")]
    [InlineData(11_100, "3 h 5 min")]
    [InlineData(360_000, "100 h 0 min")]
    public void Text_ATime_IsAsPeopleSayIt(double seconds, string expected) => Assert.Equal(expected, Pace.Text(TimeSpan.FromSeconds(seconds)));
}
