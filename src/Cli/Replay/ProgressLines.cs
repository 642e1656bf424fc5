using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Progress for output that can't be redrawn, such as a log: a line every few seconds.</summary>
internal sealed class ProgressLines(IAnsiConsole console) : IProgress<ReplayProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Pause;

    public void Report(ReplayProgress value)
    {
        lock (_lock)
        {
            if (_watch.Elapsed < _next)
                return;
            _next = _watch.Elapsed + Pause;
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Done:N0} of {value.Total:N0} {value.Part}"));
        }
    }
}
