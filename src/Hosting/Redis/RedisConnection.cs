using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using StackExchange.Redis;

namespace Rearm.Streaming.Hosting.Redis;

/// <summary>The process's one connection to Redis; it comes back by itself when Redis does.</summary>
public sealed class RedisConnection(IOptions<RedisOptions> options) : IDisposable
{
    private readonly Lock _connecting = new();
    private volatile ConnectionMultiplexer? _connection;

    /// <summary>The keys' names.</summary>
    public RedisKeys Keys { get; } = new(options.Value.KeyPrefix);

    /// <summary>The database. Calls throw <see cref="RedisException"/> while Redis can't be reached.</summary>
    public IDatabase Database => (_connection ?? Connected()).GetDatabase();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_connection is { } connection)
        {
            // Every command is awaited by who sent it, so none is left to complete. Waiting all the same would be for the answer to QUIT,
            // which the client misses when Redis hangs up first, and then sits out its whole timeout.
            connection.Close(allowCommandsToComplete: false);
            connection.Dispose();
        }
    }

    // Not a Lazy: that would keep a first failure for ever.
    private ConnectionMultiplexer Connected()
    {
        lock (_connecting)
            return _connection ??= Connect(options.Value);
    }

    private static ConnectionMultiplexer Connect(RedisOptions options)
    {
        var configuration = ConfigurationOptions.Parse(options.Configuration);
        // A Redis that is not up yet is waited for, not fatal.
        configuration.AbortOnConnectFail = false;
        configuration.SyncTimeout = Math.Max(configuration.SyncTimeout, 10_000);
        return ConnectionMultiplexer.Connect(configuration);
    }
}
