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

    private TrainingTrigger Trigger(TimeSpan interval, long interactions) => new(new TrainerOptions { Interval = interval, MinNewInteractions = interactions }, _clock);

    private static SnapshotInfo Snapshot(long number, long interactions) => new() { Number = number, Interactions = interactions };
}
