using Rearm.Streaming.Contracts;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Progress;

/// <summary>
/// Shows how far long work has come, how fast it goes and how long the rest takes: on a terminal by a bar, which makes room for what is printed meanwhile, and
/// elsewhere, as in a log, by a line every few seconds.
/// </summary>
internal static class ProgressView
{
    /// <summary>Shows it while the work lasts.</summary>
    /// <param name="console">Where; what the work prints has to go through it too.</param>
    /// <param name="work">Given what is to be asked for each of its steps, one after the other.</param>
    /// <param name="time">The clock; null: the system's.</param>
    public static async Task<T> ShowAsync<T>(IAnsiConsole console, Func<ProgressOf, Task<T>> work, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (console.Profile.Capabilities is { Interactive: true, Ansi: true })
            return await ProgressBars.ShowAsync(console, time, work);
        using var lines = new ProgressLines(console.WriteLine, time);
        return await work(lines.Begin);
    }

    /// <inheritdoc cref="ShowAsync{T}"/>
    public static Task ShowAsync(IAnsiConsole console, Func<ProgressOf, Task> work, TimeProvider? time = null) => ShowAsync(
        console,
        async progress =>
        {
            await work(progress);
            return true;
        },
        time);
}
