using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Documents;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Documentation;

/// <summary>The commands in documents that ask services, in their order, asked of a demo.</summary>
public sealed class ServiceCommandsTests : IDisposable
{
    private static readonly string[] Programs = ["curl", "printf", "grpcurl", "rearm", "./rearm", "docker", "helm", "kubectl", "dotnet", "npm", "node", ".ci/run"];

    /// <summary>The documents whose commands are run here.</summary>
    private static readonly string[] Here = ["README.md", "docs/api.md", "docs/operations.md"];

    /// <summary>Commands that are not run here, and why that is well.</summary>
    private static readonly (string Command, string Why)[] Elsewhere =
    [
        (@"(\./)?rearm (demo|ingest|build-graphs|train|serve)\b", "FirstHourTests and DemoTests start them"),
        (@"(\./)?rearm (evaluate|tune|config|key|bench)\b", "DocumentedCommandsTests of the CLI runs those that need no service, and looks at the others"),
        (@"(\./)?rearm replay .*--dry-run", "likewise"),
        (@"(\./)?rearm dlq (show|drop)\b", "DlqTests has letters for them"),
        (@"(\./)?rearm models (export|import)\b", "ModelTransferTests and TrainerServiceTests have a run to export"),
        (@"\./rearm (test|setup)\b|\.ci/run", "they run this"),
        ("dotnet build ", "continuous integration builds; for CUDA nobody has"),
        ("dotnet pack", "PackageTests does that"),
        ("dotnet add package", "nowhere: the packages are in no feed yet, as the same page says"),
        ("(docker|kubectl|helm) ", "nowhere: deploy/README.md says what was not run"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commands_InBlocks_AreRunSomewhere()
    {
        // The first hour's blocks are run by FirstHourTests, and of the changelog's none is to be copied.
        var unknown = DocumentedCommands.StartingWith(Programs)
            .Where(command => command.InBlock && command.Document is not ("CHANGELOG.md" or "docs/first-hour.md"))
            .Where(command => !Here.Contains(command.Document) && !IsElsewhere(command.Text));

        Assert.Empty(unknown);
    }

    [Fact]
    public async Task Commands_OfServices_DoWhatTheyAreShownFor()
    {
        // Enough for the demo to train again, even when a user is erased meanwhile.
        _folder.Write("tiny.inter", "userID\titemID\ttimestamp\tx_label\n" + string.Concat(Enumerable.Range(0, 60).Select(n => $"{n}\t2\t170000000{n % 10}\t0\n")));
        await using var demo = await ChildProcess.StartAsync(
            "dotnet", [Cli, "demo", "--grpc-port", "0", "--http-port", "0", "--epochs", "1"],
            new Dictionary<string, string?> { ["TMPDIR"] = _folder.Path, ["Trainer__Device"] = "cpu", ["Trainer__Threads"] = "1", ["Trainer__KeepGenerations"] = "9" });
        await Wait.UntilAsync("the demo stays up", () => Task.FromResult(demo.Output.Contains("Everything stays up", StringComparison.Ordinal)), demo);
        var shell = new DocumentedShell(demo.Output, Cli, _folder.Path);

        var outputs = new List<string>();
        foreach (var document in Here)
        {
            // What is said of generations needs two of them; what README.md replays makes the second.
            if (document == "docs/operations.md")
                await Wait.UntilAsync("there is a second generation", () => Task.FromResult(demo.Output.Contains("The Server answers from generation 2", StringComparison.Ordinal)), demo);
            var starts = "";
            foreach (var command in DocumentedCommands.In(document).Where(c => c.InBlock && Programs.Contains(c.Text.Split(' ')[0]) && !IsElsewhere(c.Text)))
            {
                // An alternative to what has ended the experiment already.
                if (command.Text.Contains("# or that of an arm", StringComparison.Ordinal))
                    await shell.RunAsync(starts);
                if (command.Text.Contains("experiment start", StringComparison.Ordinal))
                    starts = command.Text;
                outputs.Add($"{command.Text}\n{await shell.RunAsync(command.Text)}");
            }
        }

        var all = string.Join('\n', outputs);
        Assert.InRange(outputs.Count, 20, 100);
        Assert.Matches("""(?s)"e1".*"ACCEPTED".*"e2".*"REJECTED".*"is empty".*"PERSONAL".""", all);
        Assert.True(new FileInfo(_folder.File("mailing.ndjson")).Length > 10_000);
        Assert.Contains("\"ada\"", await File.ReadAllTextAsync(_folder.File("receipt-ada.json")));
    }

    private static string Cli => Path.Combine(Repository.OutputOf("Cli"), "Rearm.Streaming.Cli.dll");

    private static bool IsElsewhere(string command) => Elsewhere.Any(known => Regex.IsMatch(command, $"^({known.Command})"));
}
