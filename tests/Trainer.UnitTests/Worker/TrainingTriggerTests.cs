using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public class TrainingTriggerTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void IsDue_FirstSnapshot_IsTrueUnlessBothTriggersAreOff()
    {
        Assert.True(Trigger(TimeSpan.FromHours(1), 0).IsDue(Snapshot(1, 10)));
        Assert.True(Trigger(TimeSpan.Zero, 5).IsDue(Snapshot(1, 10)));
        Assert.False(Trigger(TimeSpan.Zero, 0).IsDue(Snapshot(1, 10)));
    }

    [Fact]
    public void IsDue_NewSnapshot_WaitsForTheIntervalOrEnoughNewInteractions()
    {
        var trigger = Trigger(TimeSpan.FromHours(1), 100);
        trigger.Succeeded(Snapshot(1, 1000));
        Assert.False(trigger.IsDue(Snapshot(2, 1099)));
        Assert.True(trigger.IsDue(Snapshot(2, 1100)));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(trigger.IsDue(Snapshot(2, 1001)));
        Assert.False(trigger.IsDue(Snapshot(1, 1000)));
    }

    [Fact]
    public void IsDue_AfterAFailure_RetriesTheSameSnapshotOnSchedule()
    {
        var trigger = Trigger(TimeSpan.FromHours(1), 100);
        trigger.Failed(Snapshot(1, 1000));
        Assert.False(trigger.IsDue(Snapshot(1, 1000)));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(trigger.IsDue(Snapshot(1, 1000)));
    }

    [Fact]
    public void IsDue_FewerInteractions_CountAsMuchAsMore()
    {
        // Erasures, or a Redis from yesterday: waiting until there are more than ever would be waiting long.
        var trigger = Trigger(TimeSpan.Zero, 100);
        trigger.Succeeded(Snapshot(1, 1000));
        Assert.False(trigger.IsDue(Snapshot(2, 901)));
        Assert.True(trigger.IsDue(Snapshot(3, 900)));
    }

    [Fact]
    public void IsDue_Cron_ComesAtItsTimesInPlaceOfTheInterval()
    {
        _clock.SetUtcNow(new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        var trigger = new TrainingTrigger(new() { Cron = "0 3 * * *", CronTimeZone = "Europe/Berlin", MinNewInteractions = 0 }, _clock);
        Assert.True(trigger.IsDue(Snapshot(1, 10)));
        trigger.Succeeded(Snapshot(1, 10));

        // Three o'clock in Berlin is one o'clock UTC in summer.
        _clock.SetUtcNow(new(2026, 7, 2, 0, 59, 59, TimeSpan.Zero));
        Assert.False(trigger.IsDue(Snapshot(2, 20)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(trigger.IsDue(Snapshot(1, 10)));
        Assert.True(trigger.IsDue(Snapshot(2, 20)));

        // A snapshot that comes late is not left until the next night.
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.True(trigger.IsDue(Snapshot(2, 20)));
        trigger.Succeeded(Snapshot(2, 20));
        Assert.False(trigger.IsDue(Snapshot(3, 30)));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.True(trigger.IsDue(Snapshot(3, 30)));
    }

    [Fact]
    public void IsDue_RunLongerThanItsSchedule_IsFollowedByOneRunNotByAllThatWereMissed()
    {
        var trigger = new TrainingTrigger(new() { Cron = "*/5 * * * *", MinNewInteractions = 0 }, _clock);
        trigger.Succeeded(Snapshot(1, 10));
        _clock.Advance(TimeSpan.FromMinutes(17));
        Assert.True(trigger.IsDue(Snapshot(2, 20)));
        trigger.Succeeded(Snapshot(2, 20));
        Assert.False(trigger.IsDue(Snapshot(3, 20)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("0 * * * *", false)]
    [InlineData("0 * * * *", true)]
    public void IsDue_SnapshotEveryMinute_RunsEveryHourWhetherRunsFailOrNot(string cron, bool fail)
    {
        var trigger = new TrainingTrigger(new() { Interval = TimeSpan.FromHours(1), Cron = cron, MinNewInteractions = 0 }, _clock);
        var runs = 0;
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            if (trigger.IsDue(Snapshot(minute, minute)))
            {
                runs++;
                if (fail)
                    trigger.Failed(Snapshot(minute, minute));
                else
                    trigger.Succeeded(Snapshot(minute, minute));
            }
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(24, runs);
    }

    private TrainingTrigger Trigger(TimeSpan interval, long interactions) => new(new TrainerOptions { Interval = interval, MinNewInteractions = interactions }, _clock);

    private static SnapshotInfo Snapshot(long number, long interactions) => new() { Number = number, Interactions = interactions };
}
