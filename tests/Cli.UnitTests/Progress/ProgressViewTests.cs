using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Spectre.Console;

namespace Rearm.Streaming.Cli.UnitTests.Progress;

public sealed class ProgressViewTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();

    private string[] Lines => _output.ToString().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Show_InALog_IsALineEveryFiveSecondsOfTheStepThatTheWorkIsAt()
    {
        var result = await ProgressView.ShowAsync(
            Consoles.For(_output),
            progress =>
            {
                var items = progress("Sending items", "items", 300);
                _time.Advance(TimeSpan.FromSeconds(4));
                items.Report(100);
                _time.Advance(TimeSpan.FromSeconds(1));
                var clicks = progress("Sending clicks", "clicks", 1000);
                clicks.Report(200);
                _time.Advance(TimeSpan.FromSeconds(5));
                _time.Advance(TimeSpan.FromSeconds(4));
                return Task.FromResult("done");
            },
            _time);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("done", result);
        Assert.Equal(["Sending items: 100 of 300 items, 20 a second, 10 s left", "Sending clicks: 200 of 1,000 clicks, 40 a second, 20 s left"], Lines);
    }

    [Fact]
    public async Task Show_InALogAndQuick_IsNothing()
    {
        await ProgressView.ShowAsync(
            Consoles.For(_output),
            progress =>
            {
                progress("Sending items", "items", 300).Report(300);
                return Task.CompletedTask;
            },
            _time);

        Assert.Empty(Lines);
    }

    [Fact]
    public async Task Show_OnATerminal_IsABarWithRateAndTimeLeftThatMakesRoomForLinesAndGoes()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_output),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
        console.Profile.Width = 120;

        await ProgressView.ShowAsync(
            console,
            progress =>
            {
                var items = progress("Sending [items]", "items", 300);
                _time.Advance(TimeSpan.FromSeconds(4));
                items.Report(100);
                console.WriteLine("a line between");
                // The bar is drawn by a thread of its own, and once more at the end.
                return Task.CompletedTask;
            },
            _time);

        var drawn = _output.ToString();
        Assert.Contains("Sending [items]", drawn, StringComparison.Ordinal);
        Assert.Contains("100 of 300 items, 25 a second, 8 s left", drawn, StringComparison.Ordinal);
        Assert.Contains("a line between", drawn, StringComparison.Ordinal);
        // Its lines are erased at the end.
        Assert.Contains("\u001b[2K", drawn[drawn.LastIndexOf("8 s left", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_WorkThatFails_ThrowsWhatItThrew() => await Assert.ThrowsAsync<CliException>(() => ProgressView.ShowAsync(
        Consoles.For(_output), _ => Task.FromException(new CliException("No.")), _time));
}
