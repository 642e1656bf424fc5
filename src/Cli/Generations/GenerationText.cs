using System.Globalization;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Generations;

/// <summary>Generations in words and tables.</summary>
internal static class GenerationText
{
    // What is shown of each in the list, where it was measured.
    private const string ListedMetric = "recall@20";

    /// <summary>A line for each.</summary>
    public static void List(ListGenerationsResponse answer, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "number", "published", "model", "users", "items", ListedMetric, "clicks");
        foreach (var generation in answer.Generations)
            table.AddRow(
                generation.Number != answer.Served ? "" : answer.Pinned ? "pinned" : "served", $"{generation.Number}", $"{generation.PublishedAt.ToDateTime():u}",
                Markup.Escape(generation.Settings.GetValueOrDefault("model", "")), $"{generation.Users}", $"{generation.Items}",
                generation.Metrics.TryGetValue(ListedMetric, out var recall) ? Number(recall) : "not measured", Clicks(answer, generation.Number));
        console.Write(table);
        console.WriteLine(answer switch
        {
            { Experiment: { } experiment } => $"An experiment runs: {Arms(experiment)} (rearm models experiment show).",
            { Served: 0 } => "No generation has been published yet.",
            { Pinned: true } => $"Generation {answer.Served} is pinned: all Servers serve it, and newer ones wait until rearm models unpin.",
            _ => $"Generation {answer.Served}, the newest, is served.",
        });
    }

    /// <summary>An experiment.</summary>
    public static void Show(ExperimentReport report, IAnsiConsole console)
    {
        if (report.Experiment is not { } experiment)
        {
            console.WriteLine("There has been no experiment.");
            return;
        }
        console.WriteLine(report.Running
            ? $"Since {experiment.StartedAt.ToDateTime():u}: {Arms(experiment)}."
            : $"From {experiment.StartedAt.ToDateTime():u} to {experiment.EndedAt.ToDateTime():u}: {Arms(experiment)}. {experiment.EndedBecause}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("arm", "generation", "answers", "items shown", "clicked", "rate", "95% interval");
        foreach (var figures in report.Arms)
            table.AddRow(
                Markup.Escape(figures.Counts.Arm), $"{figures.Counts.Generation}", $"{figures.Counts.Lists}", $"{figures.Counts.Shown}",
                $"{figures.Counts.Clicks}",
                Number(figures.Rate), $"{Number(figures.Low)} to {Number(figures.High)}");
        if (report.Arms.Count > 0)
            console.Write(table);
        else
            console.WriteLine("Nothing has been counted of it.");
        if (report.Problem.Length > 0)
            console.WriteLine(report.Problem);
    }

    private static string Arms(Experiment experiment) =>
        $"{experiment.Control.Name} gets generation {experiment.Control.Generation}, {experiment.Treatment.Name} gets {experiment.Treatment.Generation} for "
        + $"{Number(experiment.Share)} of the users";

    // In experiments and outside them.
    private static string Clicks(ListGenerationsResponse answer, long generation)
    {
        var counts = answer.Clicks.Select(c => c.Counts).Where(c => c.Generation == generation).ToList();
        return ClickRate.Of(counts.Sum(c => c.Clicks), counts.Sum(c => c.Shown)) is { } rate ? $"{Number(rate.Rate)} of {counts.Sum(c => c.Shown)}" : "";
    }

    /// <summary>All that is known of one.</summary>
    /// <param name="generation">Which one.</param>
    /// <param name="clicks">What was clicked, of all generations.</param>
    /// <param name="console">Where to.</param>
    public static void Show(KeptGeneration generation, IEnumerable<ClickFigures> clicks, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in Facts(generation))
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        foreach (var figures in clicks.Where(c => c.Counts.Generation == generation.Number && c.HasRate))
            table.AddRow(
                Markup.Escape(figures.Counts.Arm.Length == 0 ? "clicked" : $"clicked, arm {figures.Counts.Arm} of {figures.Counts.Experiment}"),
                $"{figures.Counts.Clicks} of {figures.Counts.Shown} items in {figures.Counts.Lists} answers: {Number(figures.Rate)}, "
                    + $"95% interval {Number(figures.Low)} to {Number(figures.High)}");
        console.Write(table);
    }

    /// <summary>What differs between two.</summary>
    public static void Diff(KeptGeneration one, KeptGeneration other, IAnsiConsole console)
    {
        var (before, after) = (Facts(one).ToDictionary(), Facts(other).ToDictionary());
        var table = new Table().Border(TableBorder.Simple).AddColumns("", $"{one.Number}", $"{other.Number}");
        foreach (var name in before.Keys.Union(after.Keys))
            if (before.GetValueOrDefault(name, "") is var a && after.GetValueOrDefault(name, "") is var b && a != b)
                table.AddRow(Markup.Escape(name), Markup.Escape(a), Markup.Escape(b));
        console.Write(table);
    }

    private static IEnumerable<(string Name, string Value)> Facts(KeptGeneration generation) =>
    [
        ("number", $"{generation.Number}"),
        ("published", $"{generation.PublishedAt.ToDateTime():u}"),
        ("snapshot", $"{generation.Snapshot.Number}, hash {generation.Snapshot.Hash}"),
        ("events up to", generation.Snapshot.EventTime is { } time ? $"{time.ToDateTime():u}" : ""),
        ("interactions", $"{generation.Snapshot.Interactions}"),
        ("users", $"{generation.Users}"),
        ("items", $"{generation.Items}"),
        ("dimension", $"{generation.Dimension}"),
        ("users' vectors", generation.SequenceLength == 0 ? "learned" : $"made of the newest {generation.SequenceLength} items touched"),
        .. generation.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, Number(m.Value))),
        .. generation.Settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => ($"setting {s.Key}", s.Value)),
    ];

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
