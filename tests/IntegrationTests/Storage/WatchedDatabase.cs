using System.Reflection;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage;

/// <summary>A connection that does something before each command, such as dying.</summary>
public class WatchedDatabase : DispatchProxy
{
    private IDatabase _database = null!;
    private Action<string> _before = null!;

    /// <param name="server">Where to connect to.</param>
    /// <param name="keyPrefix">What the keys begin with.</param>
    /// <param name="before">Called with the name of each command before it is sent; what it throws, the caller gets instead of an answer.</param>
    internal static RedisConnection Connect(RedisServer server, string keyPrefix, Action<string> before) =>
        new(new RedisOptions { Configuration = server.Configuration, KeyPrefix = keyPrefix, CommandTimeout = Wait.Patience }, database =>
        {
            var proxy = Create<IDatabase, WatchedDatabase>();
            ((WatchedDatabase)(object)proxy)._database = database;
            ((WatchedDatabase)(object)proxy)._before = before;
            return proxy;
        });

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _before(targetMethod!.Name);
        return targetMethod.Invoke(_database, args);
    }
}
