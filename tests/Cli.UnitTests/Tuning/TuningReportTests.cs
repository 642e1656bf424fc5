using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Tuning;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

public class TuningReportTests
{
    [Fact]
    public void Add_AResult_SaysRateAndTimeLeftByWhatThisProcessHasDone()
    {
        using var output = new StringWriter();
        var time = new FakeTimeProvider();
        // Four trials of 2 epochs, two of 2 more, one of 4 more.
        var report = new TuningReport(Consoles.For(output), [new(1, 4, 2), new(2, 2, 4), new(3, 1, 8)], time);

        report.Add(Result(0), fromJournal: true);
        report.Add(Result(1), fromJournal: true);
        time.Advance(TimeSpan.FromMinutes(1));
        report.Add(Result(2), fromJournal: false);

        Assert.Equal(
            "round 1 of 3, trial 2: recall@20 0.1000 (epoch 1 of 2), 60.0 s; 6 of 16 epochs, 2 a minute, about 5 min left", output.ToString().TrimEnd());
    }

    [Fact]
    public void Add_ARoundWithoutNewEpochsGoneOnWith_DoesNotGuessTheTimeLeft()
    {
        using var output = new StringWriter();
        // As of four trials and 2 epochs: the second round has no epoch more than the first.
        var report = new TuningReport(Consoles.For(output), [new(1, 4, 1), new(2, 2, 1), new(3, 1, 2)], new FakeTimeProvider());
        for (var trial = 0; trial < 4; trial++)
            report.Add(Result(trial), fromJournal: true);

        report.Add(Result(0) with { Rung = 2 }, fromJournal: false);

        Assert.EndsWith("; 4 of 5 epochs", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    private static TrialResult Result(int trial) => new(trial, 1, 2, 1, 0.1, 60, null, new Dictionary<string, string>());
}
