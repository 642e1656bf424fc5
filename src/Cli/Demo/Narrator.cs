using System.Diagnostics;
using System.Globalization;
using Rearm.Streaming.Cli.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Prints the demo's progress, each line with the seconds since the start.</summary>
internal sealed class Narrator : IDisposable
{
    private readonly IAnsiConsole _console;
    private readonly ProgressLines _progress;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <param name="console">Where.</param>
    public Narrator(IAnsiConsole console) => (_console, _progress) = (console, new(Narrate, TimeProvider.System));

    public double Seconds => _watch.Elapsed.TotalSeconds;

    /// <summary>Begins what may take long: how far it is, is told every few seconds until the next report.</summary>
    public IProgress<long> Begin(string what, string unit, long total) => _progress.Begin(what, unit, total);

    /// <summary>Reports a step that is done.</summary>
    public void Report(string line)
    {
        _progress.End();
        Narrate(line);
    }

    /// <summary>Tells how far a step is, or what happened within it.</summary>
    public void Narrate(string line) =>
        _console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[grey]{Seconds,6:0.0} s[/]  {Markup.Escape(line)}"));

    /// <summary>Writes a line without a time.</summary>
    public void Write(string line) => _console.MarkupLine(Markup.Escape(line));

    /// <summary>A table.</summary>
    public void Show(IRenderable table)
    {
        _console.Write(table);
        _console.WriteLine();
    }

    public void Dispose() => _progress.Dispose();
}
