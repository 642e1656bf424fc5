using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>A single Apache Kafka broker of our own, started by the <c>run-broker PORT DATA_DIR</c> of a Kafka home, in a temporary folder.</summary>
internal sealed class ApacheKafka : IAsyncDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChildProcess server;
    private readonly DirectoryInfo folder;

    private ApacheKafka(ChildProcess server, DirectoryInfo folder, int port)
    {
        this.server = server;
        this.folder = folder;
        BootstrapServers = $"127.0.0.1:{port}";
    }

    public string BootstrapServers { get; }

    public static async Task<ApacheKafka> StartAsync(string home)
    {
        var program = Path.Combine(home, "run-broker");
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePortPair();
            var folder = Directory.CreateTempSubdirectory("rearm-kafka-");
            var server = await ChildProcess.StartAsync(program, [$"{port}", folder.FullName]);
            var kafka = new ApacheKafka(server, folder, port);
            if (await kafka.AnswersAsync())
                return kafka;
            await kafka.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException($"{program} is not ready on port {port} after {Patience.TotalSeconds} s. It said:\n{server.Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        var configuration = new AdminClientConfig { BootstrapServers = BootstrapServers, ReconnectBackoffMaxMs = 100 };
        using var admin = new AdminClientBuilder(configuration).SetLogHandler((_, _) => { }).Build();
        var deadline = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < deadline && !server.Exited.IsCompleted)
        {
            try
            {
                // Up means that a broker is registered, not that a port is open.
                if ((await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(1)))).Brokers.Count > 0)
                    return true;
            }
            catch (KafkaException)
            {
            }
        }
        return false;
    }

    /// <summary>The broker listens on a port and its controller on the next one.</summary>
    private static int FreePortPair()
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (Exception exception) when (exception is SocketException or ArgumentOutOfRangeException)
            {
            }
        }
    }
}
