using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary><c>rearm broker</c> as its own process, which prints its address.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private BrokerProcess(ChildProcess process, string bootstrapServers)
    {
        _process = process;
        BootstrapServers = bootstrapServers;
    }

    public string BootstrapServers { get; }

    public static async Task<BrokerProcess> StartAsync()
    {
        var process = await ChildProcess.StartAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Rearm.Streaming.Cli.dll"), "broker"]);
        try
        {
            var match = await Wait.UntilAsync("rearm broker prints its address", () => Task.FromResult(Address().Match(process.Output)), m => m.Success, process);
            return new BrokerProcess(process, match.Groups[1].Value);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"--kafka (127\.0\.0\.1:\d+)")]
    private static partial Regex Address();
}
