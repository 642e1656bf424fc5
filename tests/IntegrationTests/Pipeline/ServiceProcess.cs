using Grpc.Net.Client;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>One service as its own process, started as in production: its own program, configured by environment variables.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly string _service;
    private readonly Dictionary<string, string?> _environment;
    private ChildProcess? _process;

    public ServiceProcess(string service, IReadOnlyDictionary<string, string?> environment)
    {
        _service = service;
        var grpcPort = FreePort.Next();
        Http = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        Address = new Uri($"http://127.0.0.1:{grpcPort}");
        Channel = GrpcChannel.ForAddress(Address);
        _environment = new(environment)
        {
            ["Endpoints__GrpcPort"] = $"{grpcPort}",
            ["Endpoints__HttpPort"] = $"{Http.Port}",
            ["DOTNET_gcServer"] = "0",
        };
    }

    public Uri Address { get; }

    /// <summary>Its HTTP address.</summary>
    public Uri Http { get; }

    public GrpcChannel Channel { get; }

    public async Task StartAsync()
    {
        var program = Path.Combine(Repository.OutputOf(_service), $"Rearm.Streaming.{_service}.dll");
        _process = await ChildProcess.StartAsync("dotnet", [program], _environment);
        using var http = new HttpClient();
        await Wait.UntilAsync($"the {_service} is up", async () => (await http.GetAsync(new Uri(Http, "/healthz"))).IsSuccessStatusCode, _process);
    }

    /// <summary>The process; null while it is not running.</summary>
    public ChildProcess? Process => _process;

    /// <summary>Sends SIGKILL and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        await _process!.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> StopAsync() => await _process!.StopAsync(Wait.Patience);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
