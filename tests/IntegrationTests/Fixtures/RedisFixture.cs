using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>The run's Redis.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await SharedServers.RedisAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
