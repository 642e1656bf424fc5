using Testcontainers.Redis;

namespace Rearm.Streaming.Testing.Redis;

/// <summary>Redis in a container.</summary>
internal sealed class RedisContainer(params string[] arguments) : RedisServer
{
    private const string Image = "redis:7";

    private global::Testcontainers.Redis.RedisContainer? _container;

    protected override string Name => $"container {Image},";

    public override async Task StartAsync()
    {
        // A new one each time, so that it is empty; the port on the host is ours, so that it stays the same.
        _container = new RedisBuilder(Image).WithPortBinding(Port, RedisBuilder.RedisPort).WithCommand(["redis-server", .. arguments]).Build();
        await _container.StartAsync();
    }

    public override async Task StopAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
        _container = null;
    }
}
