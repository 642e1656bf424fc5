using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Grpc.Net.Client;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;

namespace Rearm.Streaming.IntegrationTests.Graphs;

/// <summary>The GraphBuilder as a process of its own, configured by environment alone.</summary>
internal sealed class GraphBuilderProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly GrpcChannel _channel;

    private GraphBuilderProcess(ChildProcess process, int grpcPort)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
        Client = new(_channel);
    }

    public GraphBuilding.GraphBuildingClient Client { get; }

    public string Output => _process.Output;

    public Task<int> Exited => _process.Exited;

    public static async Task<GraphBuilderProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var (grpc, http) = (FreePort(), FreePort());
        var environment = new Dictionary<string, string?>(settings)
        {
            ["Endpoints__GrpcPort"] = $"{grpc}",
            ["Endpoints__HttpPort"] = $"{http}",
        };
        return new(await ChildProcess.StartAsync("dotnet", [typeof(GraphBuilderHost).Assembly.Location], environment), grpc);
    }

    /// <summary>Waits until it has read all there is.</summary>
    public async Task<GraphStatus> CaughtUpAsync() => await UntilAsync(status => status.Lag == 0);

    public async Task<GraphStatus> UntilAsync(Func<GraphStatus, bool> condition)
    {
        var deadline = DateTime.UtcNow + Patience;
        var last = "it has not answered";
        while (DateTime.UtcNow < deadline && !Exited.IsCompleted)
        {
            try
            {
                var status = await Client.GetStatusAsync(new(), deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5));
                if (condition(status))
                    return status;
                last = status.ToString();
            }
            catch (Grpc.Core.RpcException e)
            {
                last = e.Status.ToString();
            }
            await Task.Delay(20);
        }
        throw new TimeoutException($"The graph builder did not get there: {last}\n{Output}");
    }

    public async Task KillAsync()
    {
        _process.Process.Kill();
        await _process.Exited;
    }

    public Task<int> StopAsync() => _process.StopAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _process.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
