using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.ServiceDefaults.Redis;

/// <summary>Ready while Redis answers; degraded while it may evict keys, which would lose users' histories one by one.</summary>
internal sealed class RedisHealthCheck(RedisConnection redis) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.Database.PingAsync().WaitAsync(Timeout, cancellationToken);
            var policy = await RedisServerFacts.EvictionPolicyAsync(redis, cancellationToken).WaitAsync(Timeout, cancellationToken);
            return policy is null or RedisServerFacts.NoEviction
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded($"Redis has maxmemory-policy {policy}: it deletes keys when memory runs out. Set it to {RedisServerFacts.NoEviction}.");
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"Redis does not answer: {e.Message}");
        }
    }
}
