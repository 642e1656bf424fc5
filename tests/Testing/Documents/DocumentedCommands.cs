using System.Text;
using System.Text.RegularExpressions;

namespace Rearm.Streaming.Testing.Documents;

/// <summary>Finds the commands that the repository's documents show.</summary>
public static partial class DocumentedCommands
{
    /// <summary>The documents that are for readers: those of the root, of docs, and the READMEs of samples, deployment and packages.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        .. new[] { "", "docs", "docs/decisions", "samples", "deploy", "src/Client", "src/Contracts" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All commands of all documents that begin with one of these words.</summary>
    public static IEnumerable<DocumentedCommand> StartingWith(params string[] programs) =>
        Documents.SelectMany(In).Where(command => programs.Contains(command.Text.Split(' ', 2)[0]));

    /// <summary>What may be a command in a document: the lines of its blocks of code, and what stands between backticks.</summary>
    public static IEnumerable<DocumentedCommand> In(string document)
    {
        var text = File.ReadAllText(Repository.PathOf(document));
        foreach (Match block in Block().Matches(text))
            foreach (var command in Joined(block.Groups[1].Value))
                yield return new(document, command, true);
        foreach (Match mention in Mention().Matches(Block().Replace(text, "")))
            yield return new(document, Spaces().Replace(mention.Groups[1].Value, " "), false);
    }

    /// <summary>A block's lines, those of one command put together: it goes on after a backslash or a pipe, and within quotes, of which those in comments are none.</summary>
    private static IEnumerable<string> Joined(string block)
    {
        var command = new StringBuilder();
        foreach (var line in block.Split('\n'))
        {
            command.Append(line.TrimEnd().TrimEnd('\\'));
            if (!line.TrimEnd().EndsWith('\\') && !line.TrimEnd().EndsWith('|') && command.ToString().Split(" #")[0].Count(c => c == '\'') % 2 == 0)
            {
                yield return Spaces().Replace(command.ToString().Trim(), " ");
                command.Clear();
            }
        }
        if (command.Length > 0)
            yield return Spaces().Replace(command.ToString().Trim(), " ");
    }

    [GeneratedRegex(@"^ *```[^\n]*\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
