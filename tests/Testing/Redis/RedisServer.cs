using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing.Processes;
using StackExchange.Redis;

namespace Rearm.Streaming.Testing.Redis;

/// <summary>A Redis of the test's own, in memory: a container where a Docker engine answers, otherwise Debian's redis-server. It can be stopped and comes back empty.</summary>
public abstract class RedisServer : IAsyncDisposable
{
    private readonly Lazy<ConnectionMultiplexer> _connection;

    /// <summary>A server that is not started yet.</summary>
    protected RedisServer() => _connection = new(() => ConnectionMultiplexer.Connect(
        $"{Configuration},abortConnect=false,allowAdmin=true,asyncTimeout={Wait.Patience.TotalMilliseconds},syncTimeout={Wait.Patience.TotalMilliseconds}"));

    /// <summary>The port on 127.0.0.1, the same after a restart.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>What clients take as configuration.</summary>
    public virtual string Configuration => $"127.0.0.1:{Port},connectTimeout=1000";

    /// <summary>A connection of the test's own.</summary>
    public IDatabase Database => _connection.Value.GetDatabase();

    /// <summary>Starts one and returns when it answers.</summary>
    public static async Task<RedisServer> StartNewAsync()
    {
        RedisServer server = await DockerEngine.AnswersAsync() ? new RedisContainer() : new RedisProcess();
        await server.StartAsync();
        var version = (await server._connection.Value.GetServers()[0].InfoAsync("server")).SelectMany(section => section).Single(pair => pair.Key == "redis_version").Value;
        RunFacts.Used("Redis", $"{server.Name} {version}");
        return server;
    }

    /// <summary>Starts a Redis Cluster of one node, which refuses commands and transactions on keys of several slots as any other does.</summary>
    public static async Task<RedisServer> StartClusterAsync()
    {
        string[] arguments = ["--cluster-enabled", "yes"];
        RedisServer server = await DockerEngine.AnswersAsync() ? new RedisContainer(arguments) : new RedisProcess(arguments);
        await server.StartAsync();
        var node = server._connection.Value.GetServers()[0];
        await node.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
        await Wait.UntilAsync("the cluster has all slots", async () => ((string?)await node.ExecuteAsync("CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal));
        return server;
    }

    /// <summary>What it is, without its version.</summary>
    protected abstract string Name { get; }

    /// <summary>Starts it (again), empty, and returns when it answers.</summary>
    public abstract Task StartAsync();

    /// <summary>Takes it away without warning; what it held is gone.</summary>
    public abstract Task StopAsync();

    /// <summary>A connection as the services have it.</summary>
    /// <param name="keyPrefix">What its keys begin with; null for a prefix that nobody else uses.</param>
    public RedisConnection Connect(string? keyPrefix = null) =>
        new(new RedisOptions { Configuration = Configuration, KeyPrefix = keyPrefix ?? $"test-{Guid.NewGuid():N}", CommandTimeout = Wait.Patience });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // It may have been told to answer nobody for minutes, which what is still to be answered would be waited for.
        if (_connection.IsValueCreated)
            await _connection.Value.CloseAsync(allowCommandsToComplete: false);
        await StopAsync();
        GC.SuppressFinalize(this);
    }
}
