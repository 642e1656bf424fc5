using Spectre.Console;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>Spectre's consoles for a command's output.</summary>
internal static class Consoles
{
    /// <summary>Output that is not a terminal has no width of its own; wide enough not to wrap lines.</summary>
    private const int UnlimitedWidth = 1000;

    /// <summary>Colours and redrawing on a terminal, plain lines anywhere else.</summary>
    public static IAnsiConsole For(TextWriter output)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = UnlimitedWidth;
        return console;
    }
}
