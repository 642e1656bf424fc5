using System.Globalization;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Progress on a terminal: a bar for the items, one for the interactions.</summary>
internal sealed class ProgressBars(ProgressContext context) : IProgress<ReplayProgress>
{
    private readonly Dictionary<string, ProgressTask> _bars = [];

    /// <summary>Shows bars while the work goes on.</summary>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<IProgress<ReplayProgress>, Task<T>> work) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new ProgressBars(context)));

    public void Report(ReplayProgress value)
    {
        lock (_bars)
        {
            if (!_bars.TryGetValue(value.Part, out var bar))
                _bars.Add(value.Part, bar = context.AddTask(value.Part, maxValue: value.Total));
            bar.Value = value.Done;
            bar.Description = string.Create(CultureInfo.InvariantCulture, $"{value.Done:N0} {value.Part}");
        }
    }
}
