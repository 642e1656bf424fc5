using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.UnitTests.Fixtures;

/// <summary>A redis-server of the test's own on a free port, in memory, that can be stopped and started again.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rearm-redis-").FullName;
    private Process? _process;
    private ConnectionMultiplexer? _connection;

    public RedisServer()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Start();
    }

    public int Port { get; }

    public string Configuration => $"127.0.0.1:{Port},connectTimeout=1000";

    public IDatabase Database => (_connection ??= ConnectionMultiplexer.Connect($"{Configuration},abortConnect=false")).GetDatabase();

    public void Start()
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder]) { RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("redis-server is missing. Run: apt-get install redis-server", e);
        }
        // Nobody reads the rest: an unread pipe would fill and stop it.
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        var deadline = Stopwatch.StartNew();
        while (!Answers())
            if (_process.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException($"redis-server does not answer on 127.0.0.1:{Port}.");
    }

    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            client.GetStream().Write("PING\r\n"u8);
            return client.GetStream().ReadByte() == '+';
        }
        catch (SocketException)
        {
            Thread.Yield();
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
