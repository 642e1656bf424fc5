using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>The GraphBuilder as its own process, configured by environment variables.</summary>
internal sealed class GraphBuilderProcess : IAsyncDisposable
{
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
        var (grpc, http) = (FreePort.Next(), FreePort.Next());
        var environment = new Dictionary<string, string?>(settings)
        {
            ["Endpoints__GrpcPort"] = $"{grpc}",
            ["Endpoints__HttpPort"] = $"{http}",
        };
        return new(await ChildProcess.StartAsync("dotnet", [typeof(GraphBuilderHost).Assembly.Location], environment), grpc);
    }

    /// <summary>Waits until it has read everything.</summary>
    public Task<GraphStatus> CaughtUpAsync() => UntilAsync("it has read everything", status => status.Lag == 0);

    /// <summary>Waits for a status.</summary>
    public Task<GraphStatus> UntilAsync(string what, Func<GraphStatus, bool> condition) =>
        Wait.UntilAsync(what, async () => await Client.GetStatusAsync(new(), deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5)), condition, _process);

    /// <summary>Has it stand still, as on a machine that hangs.</summary>
    public void Pause() => _process.Pause();

    public void Resume() => _process.Resume();

    public Task KillAsync() => _process.KillAsync();

    public Task<int> StopAsync() => _process.StopAsync(Wait.Patience);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _process.DisposeAsync();
    }
}
