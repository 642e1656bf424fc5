using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>One Redis for the tests of a class; each uses a key prefix of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartNewAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
