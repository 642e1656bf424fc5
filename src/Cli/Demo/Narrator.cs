using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Prints what happens as it happens, each line with the seconds since the start.</summary>
internal sealed class Narrator(IAnsiConsole console)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public double Seconds => _watch.Elapsed.TotalSeconds;

    /// <summary>A stage is done, or moves.</summary>
    public void Tell(string line) =>
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[grey]{Seconds,6:0.0} s[/]  {Markup.Escape(line)}"));

    /// <summary>A line of its own, without a time.</summary>
    public void Say(string line) => console.MarkupLine(Markup.Escape(line));

    /// <summary>A table.</summary>
    public void Show(IRenderable table)
    {
        console.Write(table);
        console.WriteLine();
    }
}
