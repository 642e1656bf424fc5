using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Prints the demo's progress, each line with the seconds since the start.</summary>
internal sealed class Narrator(IAnsiConsole console)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public double Seconds => _watch.Elapsed.TotalSeconds;

    /// <summary>Reports a step, or progress within one.</summary>
    public void Report(string line) =>
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[grey]{Seconds,6:0.0} s[/]  {Markup.Escape(line)}"));

    /// <summary>Writes a line without a time.</summary>
    public void Write(string line) => console.MarkupLine(Markup.Escape(line));

    /// <summary>A table.</summary>
    public void Show(IRenderable table)
    {
        console.Write(table);
        console.WriteLine();
    }
}
