using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Cli.Progress;

namespace Rearm.Streaming.Cli.UnitTests.Progress;

public class ProgressLinesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];

    [Fact]
    public void End_BetweenSteps_BeginsTheFiveSecondsAnew()
    {
        using var lines = new ProgressLines(_told.Add, _time);
        _time.Advance(TimeSpan.FromSeconds(3));
        lines.Begin("Sending", "items", 10).Report(5);
        _time.Advance(TimeSpan.FromSeconds(4));
        lines.End();
        _time.Advance(TimeSpan.FromSeconds(60));
        lines.Begin("Reading", "pairs", 10);
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Empty(_told);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Reading: 0 of 10 pairs, 5 s so far"], _told);
    }

    [Fact]
    public async Task Dispose_ALineIsBeingTold_ReturnsOnceItHasBeen()
    {
        var (begun, goOn, isTold) = (new TaskCompletionSource(), new TaskCompletionSource(), false);
        var lines = new ProgressLines(
            _ =>
            {
                begun.SetResult();
                goOn.Task.Wait();
                Volatile.Write(ref isTold, true);
            },
            _time);
        lines.Begin("Reading", "pairs", 10);
        var telling = Task.Run(() => _time.Advance(ProgressLines.Interval));
        await begun.Task;

        var disposing = Task.Run(() =>
        {
            lines.Dispose();
            return Volatile.Read(ref isTold);
        });
        // Time enough to return too early.
        await Task.WhenAny(disposing, Task.Delay(100));
        goOn.SetResult();

        Assert.True(await disposing);
        await telling;
    }

    [Fact]
    public void Begin_ManyShortSteps_AreToldOfAsOneWork()
    {
        using var lines = new ProgressLines(_told.Add, _time);
        for (var step = 1; step <= 6; step++)
        {
            lines.Begin($"Cutting {step}", "rows", 10).Report(10);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(["Cutting 3: 10 of 10 rows, 5 a second, 0 s left", "Cutting 5: 10 of 10 rows, 5 a second, 0 s left"], _told);
    }
}
