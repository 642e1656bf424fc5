using System.Globalization;
using Rearm.Streaming.ServiceDefaults.Progress;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>Lines while a search goes on, and its table at the end.</summary>
internal sealed class TuningReport(IAnsiConsole console, IReadOnlyList<Rung> plan, TimeProvider time)
{
    private const int RowsShown = 10;

    private readonly long _started = time.GetTimestamp();
    private int _done;

    // Of those done, what took this process time, the others being in the journal.
    private int _trained;

    private int Total => Enumerable.Range(0, plan.Count).Sum(rung => HalvingPlan.NewEpochs(plan, rung));

    /// <summary>A result has come, or was in the journal.</summary>
    public void Add(TrialResult result, bool fromJournal)
    {
        var rung = plan[result.Rung - 1];
        var epochs = HalvingPlan.NewEpochs(plan, result.Rung - 1) / rung.Trials;
        _done += epochs;
        if (fromJournal)
            return;
        _trained += epochs;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {rung.Number} of {plan.Count}, trial {result.Trial}: {Outcome(result)}, {result.Seconds:0.0} s{TimeLeft()}"));
    }

    /// <summary>The best trials, one row each.</summary>
    public void Table(IEnumerable<TrialResult> results)
    {
        var rows = results.GroupBy(r => r.Trial).Select(trial => trial.MaxBy(r => r.Rung)!)
            .OrderByDescending(r => r.Recall ?? -1).ThenBy(r => r.Trial).ToList();
        console.WriteLine("validation recall@20    epochs  best  trial");
        foreach (var row in rows.Take(RowsShown))
        {
            var recall = row.Recall?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "failed";
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recall,-22} {row.Epochs,7} {row.BestEpoch,5}  {row.Trial,5}  {Difference(row)}"));
        }
        if (rows.Count > RowsShown)
            console.WriteLine($"and {rows.Count - RowsShown} more, in the journal");
    }

    /// <summary>How a trial differs from the model as it is.</summary>
    public static string Difference(TrialResult result) =>
        result.Parameters.Count == 0 ? "as it is" : string.Join(' ', result.Parameters.Select(p => $"{p.Key}={p.Value}"));

    private static string Outcome(TrialResult result) => result.Recall is { } recall
        ? string.Create(CultureInfo.InvariantCulture, $"recall@20 {recall:0.0000}{(result.Epochs == 0 ? "" : $" (epoch {result.BestEpoch} of {result.Epochs})")}")
        : $"failed: {result.Failure}";

    private string TimeLeft()
    {
        var done = $"; {_done} of {Total} {(plan[^1].Epochs == 0 ? "trials" : "epochs")}";
        // With few epochs a round may have none more than the one before, and nothing tells how long one takes.
        if (_trained == 0)
            return done;
        var perSecond = _trained / Math.Max(time.GetElapsedTime(_started).TotalSeconds, 1e-6);
        return string.Create(
            CultureInfo.InvariantCulture, $"{done}, {perSecond * 60:0.#} a minute, about {Pace.Text(Pace.TimeFor(Total - _done, perSecond))} left");
    }
}
