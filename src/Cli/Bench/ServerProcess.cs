using System.Diagnostics;
using System.Text.RegularExpressions;
using Grpc.Net.Client;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// A Server in a process of its own, and a client of it: its memory and its garbage collections are nobody else's. It is asked for both as an operator would, on
/// <c>/metrics</c>, and of the operating system.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _metrics;
    private readonly GrpcChannel _channel;

    private ServerProcess(Process process, Uri grpc, Uri http)
    {
        _process = process;
        _metrics = new() { BaseAddress = http };
        _channel = GrpcChannel.ForAddress(grpc, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });
        Client = new(_channel);
    }

    /// <summary>Asks it.</summary>
    public Recommender.RecommenderClient Client { get; }

    /// <summary>Its memory, as the system counts it.</summary>
    public ResidentMemory Memory => new(_process.Id);

    /// <summary>Starts one on free ports; it looks for another generation every 100 ms.</summary>
    /// <param name="redis">Redis's configuration.</param>
    /// <param name="prefix">What keys begin with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">It did not start.</exception>
    public static async Task<ServerProcess> StartAsync(string redis, string prefix, CancellationToken cancellationToken)
    {
        var process = OwnProcess.Start(
            "serve", "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={redis}", $"--Redis:KeyPrefix={prefix}",
            "--Server:PollInterval=00:00:00.1", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information");
        try
        {
            // ServiceHost listens for gRPC first, then for HTTP.
            var (grpc, http) = (await AddressAsync(process, cancellationToken), await AddressAsync(process, cancellationToken));
            // What nobody reads would stop it once the pipe is full.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new(process, grpc, http);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Returns when it serves a generation.</summary>
    public async Task ServesAsync(long number, CancellationToken cancellationToken)
    {
        while ((await Client.GetStatusAsync(new(), cancellationToken: cancellationToken)).Generation?.Number != number)
            await Task.Delay(20, cancellationToken);
    }

    /// <summary>What its garbage collector has done so far.</summary>
    public async Task<CollectorWork> CollectorAsync(CancellationToken cancellationToken) =>
        CollectorWork.Of(await _metrics.GetStringAsync("/metrics", cancellationToken));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _metrics.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Uri> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            if (Address().Match(line) is { Success: true } found)
                return new(found.Value);
        throw new CliException($"The Server to be measured did not start: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
