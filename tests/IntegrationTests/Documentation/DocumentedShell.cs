using System.Text.RegularExpressions;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Documentation;

/// <summary>Runs commands as they are documented, with the addresses of a demo in place of the usual ones.</summary>
/// <param name="demo">What the demo printed: it has the ports.</param>
/// <param name="cli">The CLI's assembly.</param>
/// <param name="folder">The folder to run in; it is DIR, too.</param>
internal sealed partial class DocumentedShell(string demo, string cli, string folder)
{
    private readonly Dictionary<string, string> _ports = PortsOf(demo);
    private readonly string _kafka = Regex.Match(demo, @"Kafka broker up .*: (\S+)").Groups[1].Value;

    /// <summary>Runs a command, and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its errors.</exception>
    public async Task<string> RunAsync(string command)
    {
        command = Port().Replace(Host().Replace(command.Replace("kafka:9092", _kafka), "http://127.0.0.1"), port => _ports[port.Value]);
        if (command.StartsWith("grpcurl", StringComparison.Ordinal))
            return await GrpcurlCommand.RunAsync(command);
        var script = $$"""
            set -euo pipefail
            cd '{{folder}}'
            curl() { command curl -sS --fail-with-body "$@"; }
            rearm() {
              local -A addresses=()
              case "$1 ${2:-}" in
                recommend*) addresses=([--server]=7031) ;;
                'models train') addresses=([--trainer]=7021) ;;
                models*) addresses=([--server]=7031) ;;
                erase*) addresses=([--to]=7001 [--graph-builder]=7011) ;;
                replay*) addresses=([--to]=7001) ;;
              esac
              local options=() option
              for option in "${!addresses[@]}"; do [[ " $* " == *" $option "* ]] || options+=("$option" "http://127.0.0.1:${addresses[$option]}"); done
              dotnet '{{cli}}' "$@" "${options[@]}"
            }
            {{Generation().Replace(command.Replace("./rearm", "rearm", StringComparison.Ordinal).Replace("DIR", ".", StringComparison.Ordinal), number => $"{int.Parse(number.Value) - 15}")}}
            """;
        return await ForeignProgram.RunAsync(
            "bash", ["-c", Port().Replace(script, port => _ports[port.Value])], "It is a documented command.",
            new Dictionary<string, string?> { ["Kafka__BootstrapServers"] = _kafka, ["DOTNET_EnableDiagnostics"] = "0" });
    }

    private static Dictionary<string, string> PortsOf(string demo)
    {
        var ports = Services().Match(demo);
        Assert.True(ports.Success, demo);
        return new[] { "7001", "7002", "7011", "7012", "7021", "7022", "7031", "7032" }.Zip(ports.Groups.Values.Skip(1), (usual, found) => (usual, found.Value)).ToDictionary();
    }

    [GeneratedRegex(@"Ingestor (\d+) and (\d+), GraphBuilder (\d+) and (\d+), Trainer (\d+) and (\d+), Server (\d+) and (\d+)")]
    private static partial Regex Services();

    [GeneratedRegex(@"\b70[0-3][12]\b")]
    private static partial Regex Port();

    [GeneratedRegex("http://(ingest|graphs)")]
    private static partial Regex Host();

    // Documents compare the generations 16 and 17.
    [GeneratedRegex(@"(?<=\bdiff |\bdiff 16 |\bold=|\bnew=)1[67]\b")]
    private static partial Regex Generation();
}
