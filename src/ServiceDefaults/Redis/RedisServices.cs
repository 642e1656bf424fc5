using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.ServiceDefaults.Redis;

/// <summary>Registers what a service needs to use Redis.</summary>
public static class RedisServices
{
    /// <summary>Adds <see cref="RedisOptions"/> and <see cref="RedisConnection"/>, and a readiness check that asks whether Redis answers.</summary>
    /// <param name="services">The service's services.</param>
    /// <param name="without">The service's health without Redis: Unhealthy takes it out of rotation, Degraded leaves it in.</param>
    public static IServiceCollection AddRedis(this IServiceCollection services, HealthStatus without = HealthStatus.Unhealthy)
    {
        services.AddValidatedOptions<RedisOptions>(RedisOptions.Section);
        services.AddSingleton(provider => new RedisConnection(provider.GetRequiredService<IOptions<RedisOptions>>().Value));
        services.AddHostedService<RedisOpening>();
        services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis", without);
        return services;
    }
}
