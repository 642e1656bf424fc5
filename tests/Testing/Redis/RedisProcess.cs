using System.Net.Sockets;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.Testing.Redis;

/// <summary>Debian's redis-server as a process.</summary>
internal sealed class RedisProcess(params string[] arguments) : RedisServer
{
    private ChildProcess? _process;
    private TemporaryFolder? _folder;

    protected override string Name => "redis-server";

    public override async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        try
        {
            _process = await ChildProcess.StartAsync("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path, .. arguments]);
        }
        catch (FileNotFoundException e)
        {
            throw new InvalidOperationException("redis-server is missing. Run: apt-get install redis-server", e);
        }
        await Wait.UntilAsync("redis-server answers", AnswersAsync, _process);
    }

    public override async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
            await _process.DisposeAsync();
        }
        _process = null;
        _folder?.Dispose();
        _folder = null;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            return client.GetStream().ReadByte() == '+';
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
