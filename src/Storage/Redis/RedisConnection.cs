using System.Net;
using Rearm.Streaming.Contracts;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>The process's one connection to Redis. It reconnects by itself, and every command fails after <see cref="RedisOptions.CommandTimeout"/>.</summary>
/// <param name="options">Where Redis is.</param>
public sealed class RedisConnection(RedisOptions options) : IDisposable
{
    private readonly Func<IDatabase, IDatabase> _wrap = database => database;
    private readonly Lock _connecting = new();
    private volatile ConnectionMultiplexer? _connection;
    private Task<ConnectionMultiplexer>? _opening;
    private bool _disposed;

    /// <summary>A connection whose commands a test watches, or lets fail.</summary>
    internal RedisConnection(RedisOptions options, Func<IDatabase, IDatabase> wrap) : this(options) => _wrap = wrap;

    /// <summary>The keys' names.</summary>
    public RedisKeys Keys { get; } = new(options.KeyPrefix);

    /// <summary>Whether there is a connection, as far as is known; true before the first attempt to connect.</summary>
    public bool IsConnected => _connection is not { IsConnected: false };

    /// <summary>
    /// The database. Commands throw <see cref="RedisException"/> while Redis can't be reached, and <see cref="TimeoutException"/> when it
    /// does not answer in time.
    /// </summary>
    public IDatabase Database => _wrap((_connection ?? Connected()).GetDatabase());

    /// <summary>
    /// Sends a command that is about a server, not about a key, to each that has keys of its own: to one, or to every primary of a Redis Cluster. It throws as
    /// those of <see cref="Database"/> do.
    /// </summary>
    internal IReadOnlyList<Func<string, object[], Task<RedisResult>>> Servers
    {
        get
        {
            var database = Database;
            var servers = (_connection ?? Connected()).GetServers();
            return servers.Any(s => s is { IsConnected: true, ServerType: ServerType.Cluster })
                ? [.. servers.Where(s => !s.IsReplica && !IsUnnamed(s)).Select(s => (Func<string, object[], Task<RedisResult>>)s.ExecuteAsync)]
                : [database.ExecuteAsync];
        }
    }

    /// <summary>
    /// Opens the connection before anything needs it. What asks for <see cref="Database"/> first would otherwise have to wait on its thread, and whoever comes
    /// meanwhile too; in a process with few threads that keeps the connection itself from being made. Returns after a while also if Redis can't be reached.
    /// </summary>
    public Task OpenAsync(CancellationToken cancellationToken) => _connection is not null ? Task.CompletedTask : Opening().WaitAsync(cancellationToken);

    // A node that nobody has told its address lists itself as ":6379", which is read as a host without a port. It is there again as what it was reached at.
    private static bool IsUnnamed(IServer server) => server.EndPoint is DnsEndPoint { Port: 0 };

    /// <summary>Closes the connection; one that is still being made, as soon as it is.</summary>
    public void Dispose()
    {
        lock (_connecting)
            _disposed = true;
        if (_connection is { } connection)
            Close(connection);
    }

    private static void Close(ConnectionMultiplexer connection)
    {
        // Every command is awaited by its sender, so none is left to complete. Waiting anyway would be for the reply to QUIT, which the
        // client misses when Redis hangs up first, and then waits for until it times out.
        connection.Close(allowCommandsToComplete: false);
        connection.Dispose();
    }

    private ConnectionMultiplexer Connected() => Opening().GetAwaiter().GetResult();

    // Not a Lazy: that would cache a first failure.
    private Task<ConnectionMultiplexer> Opening()
    {
        lock (_connecting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _opening is null or { IsFaulted: true } ? _opening = ConnectAsync() : _opening;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var configuration = options.Connection();
        // A Redis that is not up yet is retried in the background; it is no reason to fail.
        configuration.AbortOnConnectFail = false;
        // INFO and CONFIG GET count as administration: they say what Redis evicts.
        configuration.AllowAdmin = true;
        configuration.AsyncTimeout = configuration.SyncTimeout = (int)options.CommandTimeout.TotalMilliseconds;
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        lock (_connecting)
        {
            if (!_disposed)
                return _connection = connection;
        }
        Close(connection);
        throw new ObjectDisposedException(nameof(RedisConnection));
    }
}
