using StackExchange.Redis;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>One redis-server for the tests of a class, on a free port.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private EmbeddedRedis server = null!;

    public string Configuration => server.Configuration;

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        server = await EmbeddedRedis.StartAsync();
        Connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
    }

    public async Task DisposeAsync()
    {
        Connection.Dispose();
        await server.DisposeAsync();
    }
}
