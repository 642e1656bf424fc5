using Rearm.Streaming.Contracts;
using Rearm.Streaming.ServiceDefaults.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rearm.Streaming.Cli.Progress;

/// <summary>Progress on a terminal: a bar of the step that the work is at. It goes when the work is done.</summary>
internal sealed class ProgressBars
{
    // Often enough for the eye, and seldom enough not to count in what is measured meanwhile.
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private readonly ProgressContext _context;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private ProgressTask? _task;

    private ProgressBars(ProgressContext context, TimeProvider time) => (_context, _time) = (context, time);

    public static Task<T> ShowAsync<T>(IAnsiConsole console, TimeProvider time, Func<ProgressOf, Task<T>> work)
    {
        var bars = console.Progress().AutoClear(true).HideCompleted(true).Columns(new SpinnerColumn(), new Name(), new ProgressBarColumn(), new Rate());
        bars.RefreshRate = Refresh;
        return bars.StartAsync(context => work(new ProgressBars(context, time).Begin));
    }

    private Pace Begin(string what, string unit, long total)
    {
        lock (_lock)
        {
            if (_task is { } before)
            {
                before.Value = before.MaxValue;
                before.StopTask();
            }
            var pace = new Pace(_time, what, unit, total);
            _task = _context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
            _task.IsIndeterminate = total == 0;
            _task.Tag = pace;
            return pace;
        }
    }

    // The first column that looks also moves the bar: what reports pays nothing for it.
    private sealed class Name : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            if (task.Tag is Pace { Total: > 0 } pace && !task.IsFinished)
                // A task that has reached its end counts as finished and is not shown; the step may not be.
                task.Value = Math.Min(pace.Done, 0.999 * pace.Total);
            return new Markup(task.Description);
        }
    }

    private sealed class Rate : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Tag?.ToString() ?? "");
    }
}
