using System.Net;
using System.Net.Sockets;

namespace Rearm.Streaming.Cli.Embedded;

/// <summary>
/// A redis-server of our own: on a free port of 127.0.0.1, in memory only, with a temporary folder that is removed in the end. It does
/// not outlive this process.
/// </summary>
public sealed class EmbeddedRedis : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ChildProcess server;
    private readonly DirectoryInfo folder;
    private int disposed;

    private EmbeddedRedis(ChildProcess server, DirectoryInfo folder, int port)
    {
        this.server = server;
        this.folder = folder;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What Redis clients take as configuration: <c>127.0.0.1:port</c>.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    /// <summary>Starts redis-server and returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">redis-server is not installed, or does not start; the message says why.</exception>
    public static async Task<EmbeddedRedis> StartAsync(CancellationToken cancellationToken = default)
    {
        var program = ChildProcess.FindProgram("redis-server")
            ?? throw new InvalidOperationException("redis-server is missing. Run: apt-get install redis-server");
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var folder = Directory.CreateTempSubdirectory("rearm-redis-");
            // One argument each; an empty save means never.
            string[] arguments = ["--bind", "127.0.0.1", "--port", $"{port}", "--dir", folder.FullName, "--save", "", "--appendonly", "no"];
            var server = await ChildProcess.StartAsync(program, arguments).ConfigureAwait(false);
            var redis = new EmbeddedRedis(server, folder, port);
            try
            {
                if (await redis.AnswersAsync(cancellationToken).ConfigureAwait(false))
                    return redis;
            }
            catch
            {
                await redis.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            await redis.DisposeAsync().ConfigureAwait(false);
            // Somebody may have taken the port between our look and Redis's; anything else will fail again.
            if (attempt == Attempts)
                throw new InvalidOperationException($"redis-server did not answer on 127.0.0.1:{port} within {Patience.TotalSeconds} s. It said:\n{server.Output}");
        }
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await server.DisposeAsync().ConfigureAwait(false);
        folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            while (!server.Exited.IsCompleted)
            {
                if (await PingAsync(deadline.Token).ConfigureAwait(false))
                    return true;
                await Task.Delay(10, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
        return false;
    }

    private async Task<bool> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken).ConfigureAwait(false);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            var answer = new byte[7];
            await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
