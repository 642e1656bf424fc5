using ArchUnitNET.Domain;

namespace Rearm.Streaming.Architecture.UnitTests;

/// <summary>No two folders of one project use each other, directly or around a corner. The project's root, which puts them together, may use them all.</summary>
public class FolderTests
{
    public static TheoryData<string> Names => Rooms.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Folders_OfARoom_FormNoCycle(string room)
    {
        var uses = Uses(room);

        var inCycles = uses.Where(use => Reaches(uses, use.To, use.From)).OrderBy(use => use.From, StringComparer.Ordinal).ToList();

        Assert.True(inCycles.Count == 0, string.Join('\n', inCycles.Select(use => $"{use.From} -> {use.To}: {use.Example}\n{Lines(room, use)}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Namespaces_OfARoom_FollowItsFolders(string room)
    {
        foreach (var file in Rooms.FilesOf(room))
        {
            var folder = Path.GetRelativePath(Rooms.SourceFolder, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            var declared = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
            Assert.True(declared is null || declared == $"namespace Rearm.Streaming.{folder};", $"{file} declares \"{declared}\".");
        }
    }

    private static List<Use> Uses(string room)
    {
        var root = $"Rearm.Streaming.{room}.";
        return [.. Rooms.Architecture.Types.Where(type => FolderOf(type, root) is not null)
            .SelectMany(type => type.Dependencies.Select(d => (From: type, To: d.Target)))
            .Select(d => new Use(FolderOf(d.From, root)!, FolderOf(d.To, root) ?? "", $"{d.From.FullName} uses {d.To.FullName}"))
            .Where(use => use.To.Length > 0 && use.To != use.From)
            .DistinctBy(use => (use.From, use.To))];
    }

    private static string? FolderOf(IType type, string root) =>
        type.Namespace?.FullName is { } name && name.StartsWith(root, StringComparison.Ordinal) ? name[root.Length..].Split('.')[0] : null;

    private static bool Reaches(List<Use> uses, string from, string to)
    {
        var seen = new HashSet<string>();
        var next = new Queue<string>([from]);
        while (next.TryDequeue(out var folder))
        {
            if (folder == to)
                return true;
            if (seen.Add(folder))
                foreach (var use in uses.Where(use => use.From == folder))
                    next.Enqueue(use.To);
        }
        return false;
    }

    // Where to look: the compiler leaves out constants, so that not every line counts for the rule.
    private static string Lines(string room, Use use) => string.Join('\n', Rooms.FilesOf(Path.Combine(room, use.From)).SelectMany(file => File.ReadLines(file)
        .Select((text, at) => (text, Line: at + 1))
        .Where(line => line.text.StartsWith($"using Rearm.Streaming.{room}.{use.To}", StringComparison.Ordinal) || line.text.Contains($" {use.To}.", StringComparison.Ordinal))
        .Select(line => $"    {Path.GetRelativePath(Rooms.SourceFolder, file)}({line.Line}): {line.text.Trim()}")));

    private sealed record Use(string From, string To, string Example);
}
