using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Trainer.UnitTests.Fixtures;

/// <summary>A redis-server of the test's own on a free port, in memory.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rearm-redis-").FullName;
    private readonly Process _process;

    public RedisServer()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder]) { RedirectStandardOutput = true })!;
        // Nobody reads the rest: an unread pipe would fill and stop it.
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        var deadline = Stopwatch.StartNew();
        while (!Answers())
            if (_process.HasExited || deadline.Elapsed > TimeSpan.FromSeconds(20))
                throw new InvalidOperationException($"redis-server does not answer on 127.0.0.1:{Port}.");
    }

    public int Port { get; }

    public string Configuration => $"127.0.0.1:{Port}";

    internal RedisConnection Connect() => new(Options.Create(new RedisOptions { Configuration = Configuration }));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
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
        catch (Exception e) when (e is SocketException or IOException)
        {
            Thread.Yield();
            return false;
        }
    }
}
