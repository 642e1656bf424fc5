using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Documentation;

/// <summary>The commands of docs/first-hour.md, in their order, in one shell; only the ports are free ones.</summary>
public sealed partial class FirstHourTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_InOrder_LeadToRecommendations()
    {
        var document = await File.ReadAllTextAsync(Repository.PathOf("docs", "first-hour.md"));
        var commands = string.Concat(Block().Matches(document).Select(block => block.Groups[1].Value));
        var ports = Port().Matches(commands).Select(port => port.Value).Concat(["7001", "7002", "7011", "7012", "7021", "7022", "7031", "7032"]).Distinct().ToDictionary(port => port, _ => $"{FreePort.Next()}");
        // A service takes the place of its subshell, so that `wait` waits for the service: one that still drains would write into the removed folder.
        var script = $$"""
            set -euo pipefail
            trap 'kill $(jobs -p) || true; wait' EXIT
            cd '{{_folder.Path}}'
            rearm() {
              local ports=()
              case $1 in
                ingest) ports=(--grpc-port 7001 --http-port 7002) ;;
                build-graphs) ports=(--grpc-port 7011 --http-port 7012) ;;
                train) ports=(--grpc-port 7021 --http-port 7022 --device cpu) ;;
                serve) ports=(--grpc-port 7031 --http-port 7032) ;;
                replay) ports=(--to http://127.0.0.1:7001) ;;
                recommend) ports=(--server http://127.0.0.1:7031) ;;
              esac
              local exec=
              ((BASHPID == $$)) || exec=exec
              $exec dotnet '{{Path.Combine(Repository.OutputOf("Cli"), "Rearm.Streaming.Cli.dll")}}' "$@" "${ports[@]}"
            }
            {{commands.Replace("./rearm", "rearm", StringComparison.Ordinal)}}
            """;
        await File.WriteAllTextAsync(_folder.File("commands.sh"), Port().Replace(script, port => ports[port.Value]));

        var output = await ForeignProgram.RunAsync(
            "bash", [_folder.File("commands.sh")], "The commands are those of docs/first-hour.md.", new Dictionary<string, string?> { ["TMPDIR"] = _folder.Path, ["DOTNET_EnableDiagnostics"] = "0", ["Server__HistoryTimeout"] = "00:01:00" },
            Wait.Patience * 5);

        Assert.Contains("480 train interactions of 60 users with 40 items", output);
        Assert.Contains("Made for this user", output);
        Assert.Contains("\"PERSONAL\"", output);
        Assert.Matches("""(?s)"click-1".*"ACCEPTED".*item-3""", output);
        Assert.DoesNotContain("item-5", output.TrimEnd().Split('\n')[^1]);
    }

    [GeneratedRegex(@"<!-- run -->\n```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b(?:70[0-3][12]|6379)\b")]
    private static partial Regex Port();
}
