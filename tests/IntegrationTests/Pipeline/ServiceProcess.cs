using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>One service as its own process, started as in production: its own program, configured by the environment alone.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _service;
    private readonly Dictionary<string, string?> _environment;
    private readonly int _httpPort;
    private ChildProcess? _process;

    public ServiceProcess(string service, IReadOnlyDictionary<string, string?> environment)
    {
        _service = service;
        (var grpcPort, _httpPort) = FreePorts();
        Address = new Uri($"http://127.0.0.1:{grpcPort}");
        Channel = GrpcChannel.ForAddress(Address);
        _environment = new(environment)
        {
            ["Endpoints__GrpcPort"] = $"{grpcPort}",
            ["Endpoints__HttpPort"] = $"{_httpPort}",
            ["DOTNET_gcServer"] = "0",
        };
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public async Task StartAsync()
    {
        // artifacts/bin/IntegrationTests/release/ -> artifacts/bin/Ingestor/release/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var program = Path.Combine(output.Parent!.Parent!.FullName, _service, output.Name, $"Rearm.Streaming.{_service}.dll");
        _process = await ChildProcess.StartAsync("dotnet", [program], _environment);
        using var http = new HttpClient();
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            if (_process.Exited.IsCompleted || DateTime.UtcNow > deadline)
                throw new InvalidOperationException($"{_service} did not start. It said:\n{_process.Output}");
            try
            {
                using var answer = await http.GetAsync($"http://127.0.0.1:{_httpPort}/healthz");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>What it printed last.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>kill -9, and wait until it is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Process.Kill();
        await _process.Exited;
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> StopAsync() => await _process!.StopAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static (int, int) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
