using Spectre.Console;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Runs all probes and prints their findings.</summary>
internal static class Examination
{
    /// <summary>Returns whether the demo can run.</summary>
    public static async Task<bool> RunAsync(IEnumerable<Probe> probes, IAnsiConsole console, CancellationToken cancellation)
    {
        var bad = 0;
        foreach (var probe in probes)
        {
            var finding = await probe.LookSafelyAsync(cancellation);
            if (finding.Condition == Condition.Bad)
                bad++;
            var mark = finding.Condition switch
            {
                Condition.Good => "[green]ok[/]      ",
                Condition.Optional => "[yellow]optional[/]",
                _ => "[red]MISSING[/] ",
            };
            console.MarkupLine($"{mark}  {Markup.Escape(probe.Name),-18} {Markup.Escape(finding.Detail)}");
            if (finding.Remedy.Length > 0)
                console.MarkupLine($"{"",-28} -> {Markup.Escape(finding.Remedy)}");
        }
        console.WriteLine();
        console.WriteLine(bad == 0 ? "The demo can run: rearm demo" : $"The demo can't run: {bad} missing, see above.");
        return bad == 0;
    }
}
