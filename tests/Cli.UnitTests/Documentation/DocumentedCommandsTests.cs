using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing.Documents;

namespace Rearm.Streaming.Cli.UnitTests.Documentation;

/// <summary>Commands in documents do what is said of them: they are understood as they are written, and those that need no service are run.</summary>
[Collection(nameof(OneTrainingAtATime))]
public sealed class DocumentedCommandsTests : IDisposable
{
    private readonly SmallDataset _data = new();

    public void Dispose() => _data.Dispose();

    public static TheoryData<string> Documents => [.. DocumentedCommands.Documents];

    public static TheoryData<string> Offline =>
        [.. OfRearm(DocumentedCommands.Documents).Select(RearmArguments.Of).Where(SmallDataset.Suits).Select(arguments => string.Join(' ', arguments)).Distinct()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Rearm_AsWritten_IsUnderstood(string document)
    {
        var errors = OfRearm([document])
            .Select(command => (command.Text, Errors: RearmCommandLine.Parse(RearmArguments.Of(command)).Errors))
            .Where(command => command.Errors.Count > 0)
            .Select(command => $"{command.Text}: {string.Join(' ', command.Errors)}");

        Assert.Empty(errors);
    }

    [Fact]
    public void Rearm_InAllDocuments_IsFound() => Assert.InRange(OfRearm(DocumentedCommands.Documents).Count(), 100, 1000);

    [Theory]
    [MemberData(nameof(Offline))]
    public async Task Rearm_WithoutServices_RunsOnASmallDataset(string arguments)
    {
        using var output = new StringWriter();

        var code = await RearmCommandLine.RunAsync(_data.Shortened(arguments.Split(' ')), new InvocationConfiguration { Output = output, Error = output });

        Assert.True(code == ExitCodes.Success, output.ToString());
    }

    // "rearm test" and "rearm setup" are the launcher's, and continuous integration runs the one, which runs the other. The changelog names options in passing.
    private static IEnumerable<DocumentedCommand> OfRearm(IEnumerable<string> documents) =>
        documents.Where(document => document != "CHANGELOG.md").SelectMany(DocumentedCommands.In)
            .Where(command => command.Text.Split(' ') is ["./rearm" or "rearm", var first, ..] && (char.IsAsciiLetterLower(first[0]) || first[0] == '-') && first is not ("test" or "setup"));
}
