using System.Text.RegularExpressions;

namespace Rearm.Streaming.Architecture.UnitTests;

public partial class FileTests
{
    public static TheoryData<string> Names => Rooms.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Types_OfARoom_AreInFilesOfTheirName(string room)
    {
        var hidden = Rooms.FilesOf(room).SelectMany(file => DeclaredType().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)
            // RearmModel.Parts.cs may hold a part of RearmModel.
            .Where(type => type != Path.GetFileName(file).Split('.')[0])
            .Select(type => $"{Path.GetRelativePath(Rooms.SourceFolder, file)} holds {type}")).ToList();

        Assert.True(hidden.Count == 0, string.Join('\n', hidden));
    }

    // Namespaces are file-scoped, so what begins a line is no nested type.
    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|unsafe|ref) )*(?:class|struct|interface|enum|record(?: class| struct)?|delegate \S+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex DeclaredType();
}
