using System.Reflection;
using System.Xml.Linq;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Architecture.UnitTests;

public class ReferenceTests
{
    private const string Prefix = "Rearm.Streaming.";

    public static TheoryData<string> Names => Rooms.Names;

    [Fact]
    public void SourceFolder_ItsProjects_AreTheRoomsOfTheHouse() =>
        Assert.Equal(Rooms.MayReference.Keys.Order(), Directory.EnumerateDirectories(Rooms.SourceFolder).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Room_InItsProjectFile_ReferencesOnlyWhatItMay(string room) =>
        Assert.Empty(ProjectReferences(room).Except(Rooms.MayReference[room]));

    // What a project gets through another one needs no line in its project file, and is a dependency all the same.
    [Theory]
    [MemberData(nameof(Names))]
    public void Room_InItsCode_UsesOnlyWhatItMay(string room) =>
        Assert.Empty(AssemblyReferences(Rooms.AssemblyOf(room)).Except(Rooms.MayReference[room]));

    [Fact]
    public void TorchSharp_IsKnownToModelsAndThoseThatUseThem()
    {
        var know = Rooms.MayReference.Keys.Where(room => Rooms.AssemblyOf(room).GetReferencedAssemblies().Any(IsTorch)).ToList();

        Assert.Contains("Models", know);
        Assert.All(know, room => Assert.Contains("Models", Rooms.MayReference[room].Append(room)));
    }

    [Theory]
    [InlineData("Ingestor")]
    [InlineData("GraphBuilder")]
    [InlineData("Server")]
    public void ServiceThatTrainsNothing_WithAllItReferences_DoesWithoutTorch(string room)
    {
        var seen = new HashSet<string>();
        var next = new Queue<Assembly>([Rooms.AssemblyOf(room)]);
        while (next.TryDequeue(out var assembly))
            foreach (var reference in assembly.GetReferencedAssemblies())
                if (seen.Add(reference.Name!) && reference.Name!.StartsWith(Prefix, StringComparison.Ordinal))
                    next.Enqueue(Assembly.Load(reference));

        Assert.Contains($"{Prefix}ServiceDefaults", seen);
        Assert.DoesNotContain(seen, name => IsTorch(new(name)));
        Assert.Empty(Directory.GetFiles(Repository.OutputOf(room), "*torch*", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, RecurseSubdirectories = true }));
    }

    private static bool IsTorch(AssemblyName name) => name.Name!.Contains("Torch", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> ProjectReferences(string room) =>
        XDocument.Load(Path.Combine(Rooms.SourceFolder, room, $"{room}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    private static IEnumerable<string> AssemblyReferences(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]);
}
