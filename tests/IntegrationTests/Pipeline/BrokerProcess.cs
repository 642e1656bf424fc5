using System.Text.RegularExpressions;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary><c>rearm broker</c> as somebody types it: a process of its own that says where it is.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
        var deadline = DateTime.UtcNow + Patience;
        while (!process.Exited.IsCompleted && DateTime.UtcNow < deadline)
        {
            if (Address().Match(process.Output) is { Success: true } match)
                return new BrokerProcess(process, match.Groups[1].Value);
            await Task.Delay(50);
        }
        var said = process.Output;
        await process.DisposeAsync();
        throw new InvalidOperationException($"rearm broker did not say where it is. It said:\n{said}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"--kafka (127\.0\.0\.1:\d+)")]
    private static partial Regex Address();
}
