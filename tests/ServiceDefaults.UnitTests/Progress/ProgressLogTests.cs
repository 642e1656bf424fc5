using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.ServiceDefaults.Progress;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Progress;

public sealed class ProgressLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeptLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Begin_WorkThatIsQuick_LogsNothing()
    {
        using (var progress = new ProgressLog(_log, _time))
        {
            progress.Begin("Cutting", "rows", 100).Report(50);
            _time.Advance(ProgressLog.Interval - TimeSpan.FromTicks(1));
        }
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Begin_WorkThatTakesLong_LogsALineEveryTenSecondsWithRateAndTimeLeft()
    {
        using var progress = new ProgressLog(_log, _time);
        var cutting = progress.Begin("Cutting", "rows", 100);
        _time.Advance(TimeSpan.FromSeconds(5));
        cutting.Report(20);
        _time.Advance(TimeSpan.FromSeconds(5));
        cutting.Report(60);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(
            [
                "Information Cutting: 20 of 100 rows, 2 a second, about 40 s left ",
                "Information Cutting: 60 of 100 rows, 3 a second, about 13 s left ",
            ],
            _log.Entries);
    }

    [Fact]
    public void Begin_NextStep_IsToldOfInPlaceOfTheOneBefore()
    {
        using var progress = new ProgressLog(_log, _time);
        progress.Begin("Cutting", "rows", 100).Report(100);
        _time.Advance(TimeSpan.FromSeconds(4));
        progress.Begin("Writing", "chunks", 30);
        _time.Advance(TimeSpan.FromSeconds(6));
        progress.Begin("Preparing", "", 0);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["Information Writing: 0 of 30 chunks after 6 s ", "Information Preparing: 10 s so far "], _log.Entries);
    }
}
