using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Documentation;

/// <summary>What the documents point to is there.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)).Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_ToFiles_AreThere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var missing = Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(match => match.Groups[1].Value)
            .Where(target => !Path.Exists(Path.Combine(folder, target)));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_ToHeadings_AreThere(string document)
    {
        var path = Path.Combine(Repository.Root, document);
        var missing = Heading().Matches(File.ReadAllText(path))
            .Select(match => (Target: match.Groups[1].Value, Name: match.Groups[2].Value))
            .Where(link => link.Target.Length == 0 || link.Target.EndsWith(".md", StringComparison.Ordinal))
            .Where(link => !Anchors(link.Target.Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path)!, link.Target)).Contains(link.Name))
            .Select(link => $"{link.Target}#{link.Name}");

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Code_FilesAndFolders_AreThere(string document)
    {
        string[] bases = [Repository.Root, Path.Combine(Repository.Root, "src"), Path.Combine(Repository.Root, "src", "Contracts", "Protos")];
        var missing = FileOrFolder().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(match => match.Groups[1].Value)
            .Where(path => !bases.Any(folder => Path.Exists(Path.Combine(folder, path))));

        Assert.Empty(missing);
    }

    [Fact]
    public void Dependencies_EveryPackage_HasAReason()
    {
        var packages = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);
        var reasons = File.ReadAllText(Path.Combine(Repository.Root, "docs", "decisions", "0004-dependencies.md"));

        Assert.DoesNotContain(packages, package => !Regex.IsMatch(reasons, $@"(^|[\s|]){Regex.Escape(package)}[,\s]", RegexOptions.Multiline));
    }

    /// <summary>What headings are called in links: in small letters, with hyphens for spaces, and without punctuation.</summary>
    private static HashSet<string> Anchors(string file) =>
    [
        .. File.ReadLines(file).Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    // [text](target#heading), where the target is no URL, and may be missing.
    [GeneratedRegex(@"\]\((?!\w+:)([^)#]*)#([^)]+)\)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    // [text](target), where the target is no URL; without its #fragment.
    [GeneratedRegex(@"\]\((?!\w+:)([^)#]+)[^)]*\)")]
    private static partial Regex Link();

    // `Folder/File.cs`, `docs/x.md`, `Folder/Folder/`: with a slash, and an ending that says it is a file or folder of ours.
    [GeneratedRegex(@"`([\w.-]+(?:/[\w.-]+)*/(?:[\w.-]+\.(?:cs|csproj|proto|sh|md|props|targets|yml|json))?)`")]
    private static partial Regex FileOrFolder();
}
