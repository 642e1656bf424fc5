using System.Net;
using System.Net.Sockets;
using Garnet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rearm.Streaming.Cli.Embedded;

/// <summary>
/// A server that speaks Redis's protocol inside this process: Microsoft Garnet, on 127.0.0.1, in memory only. For demos and development;
/// use Redis in production.
/// </summary>
public sealed class EmbeddedRedis : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly GarnetServer _server;
    private int _disposed;

    private EmbeddedRedis(GarnetServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What Redis clients take as configuration: <c>127.0.0.1:port</c>.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    /// <summary>Starts a server; returns when it listens.</summary>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <exception cref="InvalidOperationException">The server did not start; the message says why.</exception>
    public static EmbeddedRedis Start(int port = 0)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port == 0 ? FreePort() : port;
            try
            {
                return new EmbeddedRedis(Listen(chosen), chosen);
            }
            catch (Exception e) when (port != 0 || attempt == Attempts)
            {
                throw new InvalidOperationException($"The embedded Redis did not start on 127.0.0.1:{chosen}: {e.Message}", e);
            }
            catch (Exception)
            {
                // Another process may have taken the port between our look and Garnet's.
            }
        }
    }

    /// <summary>Stops the server; what it holds is gone.</summary>
    public ValueTask DisposeAsync()
    {
        // Garnet throws when it is disposed twice.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        return new ValueTask(Task.Run(_server.Dispose));
    }

    private static GarnetServer Listen(int port)
    {
        // Quiet: no banner. Garnet's default index of 128 MiB is more than a demo needs.
        var server = new GarnetServer(["--bind", "127.0.0.1", "--port", $"{port}", "--index", "16m", "-q"], NullLoggerFactory.Instance);
        try
        {
            server.Start();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
