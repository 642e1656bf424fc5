using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Documentation;

public class ApiReferenceTests
{
    [Fact]
    public async Task Reference_File_IsWhatItsProgramPrints()
    {
        var printed = await ForeignProgram.RunAsync(Repository.PathOf("eng", "api-reference.py"), [], "eng/setup.sh --tests");

        Assert.True(
            printed == await File.ReadAllTextAsync(Repository.PathOf("docs", "api-reference.md")),
            "A .proto file has changed. Write its reference anew: eng/api-reference.py > docs/api-reference.md");
    }
}
