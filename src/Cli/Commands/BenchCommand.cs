using System.CommandLine;
using Rearm.Streaming.Cli.Bench;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm bench</c>: measures the pipeline on this machine.</summary>
internal static class BenchCommand
{
    public static RearmCommand Create() =>
        new("bench", "Measure parts of the pipeline on this machine.", new Example("rearm bench graph --pairs 1000000", "the GraphBuilder, with a small state"))
        {
            BenchGraph.Create(), BenchIngest.Create(), BenchPublish.Create(), BenchServe.Create(), BenchRetrain.Create(), BenchTrain.Create(),
            BenchNextItem.Create(), BenchTransfer.Create(), BenchLive.Create(),
        };

    /// <summary>Has a command measure, print the figures as they come, and write them to a file if one is named.</summary>
    /// <param name="command">The command.</param>
    /// <param name="measure">Measures what the command line asks for.</param>
    /// <param name="plot">What <c>--plot</c> draws, and how; null: the command has no such option.</param>
    public static RearmCommand Measures(
        this RearmCommand command, Func<ParseResult, Figures, CancellationToken, Task> measure, (string What, Func<Figures, string> Draw)? plot = null)
    {
        var picture = plot is { } drawn ? OutputFile.Plot(drawn.What) : null;
        if (picture is not null)
            command.Add(picture);
        var json = OutputFile.Option("--json", "Also write the figures to this file");
        command.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            var figures = await ProgressView.ShowAsync(console, async progress =>
            {
                var measured = new Figures(console, progress);
                await measure(parsed, measured, cancellation);
                return measured;
            });
            if (picture is not null && parsed.GetValue(picture) is { } target)
                await File.WriteAllTextAsync(target, plot!.Value.Draw(figures), cancellation);
            if (parsed.GetValue(json) is { } path)
                await figures.WriteAsync(path, cancellation);
            return ExitCodes.Success;
        });
        return command;
    }
}
