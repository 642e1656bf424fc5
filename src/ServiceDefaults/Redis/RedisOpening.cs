using Microsoft.Extensions.Hosting;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.ServiceDefaults.Redis;

/// <summary>Opens the connection to Redis before the service's workers, endpoints and health checks start, so that none of them waits for it on a thread.</summary>
internal sealed class RedisOpening(RedisConnection redis) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => redis.OpenAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
