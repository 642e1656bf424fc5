using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Rearm.Streaming.Testing.Documents;

namespace Rearm.Streaming.Cli.UnitTests.Documentation;

/// <summary>The arguments of a command of ours as documents write it: with a comment, a redirection, optional parts in brackets and words in capitals to be replaced.</summary>
internal static partial class RearmArguments
{
    /// <summary>The arguments, with something in place of what is to be replaced.</summary>
    public static string[] Of(DocumentedCommand command)
    {
        var text = Shell().Replace(command.Text, "").Replace("[", "").Replace("]", "").Replace('\'', '"');
        text = Alternatives().Replace(text, "$1").Replace("--set ...", "").Replace("...", "").Replace("FLAGS", "--user-column user --item-column item");
        string[] arguments = [.. CommandLineParser.SplitCommandLine(text).Skip(1).Select(Filled)];
        return !command.InBlock && IsName(arguments) ? [.. arguments, "--help"] : arguments;
    }

    private static string Filled(string argument) => argument switch
    {
        "DIR" => ".",
        "FILE" => "file.json",
        "FILE.svg" => "file.svg",
        "HOST:PORT" => "127.0.0.1:1",
        "NAME" => "ials",
        "PART" => "item-encoder",
        "PRESET" => "general",
        "P" => "tiktok",
        "N" => "1",
        _ => argument,
    };

    /// <summary>A sentence that names a command means all of it, not that it does without arguments.</summary>
    private static bool IsName(string[] arguments)
    {
        Command? command = RearmCommandLine.Create();
        foreach (var argument in arguments)
            command = command?.Subcommands.FirstOrDefault(c => c.Name == argument);
        return command is not null;
    }

    // What is the shell's: a comment, a redirection, the background.
    [GeneratedRegex(@"\s(#|>|&( |$)).*")]
    private static partial Regex Shell();

    [GeneratedRegex(@"([\w-]+)(\|[\w+.-]+)+")]
    private static partial Regex Alternatives();
}
