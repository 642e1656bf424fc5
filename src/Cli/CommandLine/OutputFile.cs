using System.CommandLine;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>Options that name a file to write. Without a folder for it the command does not start: it may have run for long when it comes to writing.</summary>
internal static class OutputFile
{
    public static Option<string?> Option(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "file" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(token.Value))))
                result.AddError($"{name} is \"{token.Value}\"; its folder does not exist.");
        });
        return option;
    }
}
