using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>A Server in this process, and a client of it.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private BenchServer(WebApplication server)
    {
        _server = server;
        Channel = GrpcChannel.ForAddress(ServiceEndpoints.Of(server).Grpc, new() { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });
        Client = new(Channel);
    }

    /// <summary>To it.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Asks it.</summary>
    public Recommender.RecommenderClient Client { get; }

    /// <summary>Starts one on free ports.</summary>
    /// <param name="redis">Redis's configuration.</param>
    /// <param name="prefix">What keys begin with.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <param name="flags">Further settings.</param>
    public static async Task<BenchServer> StartAsync(string redis, string prefix, CancellationToken cancellationToken, params string[] flags)
    {
        var server = ServerHost.Build(
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Redis:Configuration={redis}", $"--Redis:KeyPrefix={prefix}",
            "--Logging:LogLevel:Default=None", .. flags,
        ]);
        await server.StartAsync(cancellationToken);
        return new(server);
    }

    /// <summary>Returns when it serves a generation.</summary>
    public async Task ServesAsync(long number, CancellationToken cancellationToken)
    {
        while ((await Client.GetStatusAsync(new(), cancellationToken: cancellationToken)).Generation?.Number != number)
            await Task.Delay(50, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
