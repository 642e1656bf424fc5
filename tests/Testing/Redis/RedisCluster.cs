using Rearm.Streaming.Testing.Processes;
using StackExchange.Redis;

namespace Rearm.Streaming.Testing.Redis;

/// <summary>A Redis Cluster of three of Debian's redis-servers, each with a third of the slots.</summary>
public sealed class RedisCluster : RedisServer
{
    private const int Slots = 16384;

    private readonly RedisProcess[] _nodes;
    private readonly int[] _busPorts = [FreePort.Next(), FreePort.Next(), FreePort.Next()];

    private RedisCluster() =>
        _nodes = Array.ConvertAll(_busPorts, port => new RedisProcess("--cluster-enabled", "yes", "--cluster-port", $"{port}", "--cluster-node-timeout", $"{Wait.Patience.TotalMilliseconds}"));

    /// <inheritdoc/>
    public override string Configuration => string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.Port}"));

    /// <summary>Whether there is a redis-server to start.</summary>
    public static bool IsInstalled => ChildProcess.FindProgram("redis-server") is not null;

    /// <inheritdoc/>
    protected override string Name => "redis-server, a cluster of three,";

    /// <summary>Starts one and returns when it has all slots.</summary>
    public static new async Task<RedisCluster> StartNewAsync()
    {
        var cluster = new RedisCluster();
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Each server by itself.</summary>
    public IEnumerable<IServer> Nodes => _nodes.Select(node => node.Database.Multiplexer.GetServer("127.0.0.1", node.Port));

    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        foreach (var node in _nodes)
            await node.StartAsync();
        var servers = Nodes.ToList();
        for (var n = 0; n < servers.Count; n++)
            await servers[n].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", n * Slots / servers.Count, (n + 1) * Slots / servers.Count - 1);
        for (var n = 1; n < servers.Count; n++)
            await servers[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _nodes[n].Port, _busPorts[n]);
        foreach (var server in servers)
            await Wait.UntilAsync("each server of the cluster knows all of it", async () =>
                ((string?)await server.ExecuteAsync("CLUSTER", "INFO"))! is var info
                && info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains("cluster_size:3", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public override async Task StopAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }
}
