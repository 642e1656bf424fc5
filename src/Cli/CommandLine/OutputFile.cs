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
            if (result.Tokens is not [var token])
                return;
            if (token.Value.Length == 0)
                result.AddError($"{name} is \"\"; the name of a file is needed.");
            else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(token.Value))))
                result.AddError($"{name} is \"{token.Value}\"; its folder does not exist. Create it, or name another.");
        });
        return option;
    }

    /// <summary>The option of a plot.</summary>
    public static Option<string?> Plot(string description)
    {
        var option = Option("--plot", $"Also draw {description} to this file, as SVG");
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Path.GetExtension(token.Value) != ".svg")
                result.AddError($"--plot is \"{token.Value}\"; a name that ends in .svg is needed.");
        });
        return option;
    }
}
