using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rearm.Streaming.Cli.UnitTests.Configuration;

/// <summary>What the documents point to is there.</summary>
public partial class DocumentationTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)).Select(file => Path.GetRelativePath(Root, file))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_ToFiles_AreThere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var missing = Link().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups[1].Value)
            .Where(target => !Path.Exists(Path.Combine(folder, target)));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Code_FilesAndFolders_AreThere(string document)
    {
        string[] bases = [Root, Path.Combine(Root, "src"), Path.Combine(Root, "src", "Contracts", "Protos")];
        var missing = FileOrFolder().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups[1].Value)
            .Where(path => !bases.Any(folder => Path.Exists(Path.Combine(folder, path))));

        Assert.Empty(missing);
    }

    [Fact]
    public void Dependencies_EveryPackage_HasAReason()
    {
        var packages = XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);
        var reasons = File.ReadAllText(Path.Combine(Root, "docs", "decisions", "0004-dependencies.md"));

        Assert.DoesNotContain(packages, package => !Regex.IsMatch(reasons, $@"(^|[\s|]){Regex.Escape(package)}[,\s]", RegexOptions.Multiline));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rearm.Streaming.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Rearm.Streaming.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }

    // [text](target), where the target is no URL; without its #fragment.
    [GeneratedRegex(@"\]\((?!\w+:)([^)#]+)[^)]*\)")]
    private static partial Regex Link();

    // `Folder/File.cs`, `docs/x.md`, `Folder/Folder/`: with a slash, and an ending that says it is a file or folder of ours.
    [GeneratedRegex(@"`([\w.-]+(?:/[\w.-]+)*/(?:[\w.-]+\.(?:cs|csproj|proto|sh|md|props|targets|yml|json))?)`")]
    private static partial Regex FileOrFolder();
}
