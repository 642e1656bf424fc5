using Microsoft.Extensions.DependencyInjection;

namespace Rearm.Streaming.Hosting.Redis;

/// <summary>Registers what a service needs to use Redis.</summary>
public static class RedisServices
{
    /// <summary>Adds <see cref="RedisOptions"/> and <see cref="RedisConnection"/>, and makes readiness depend on Redis answering.</summary>
    public static IServiceCollection AddRedis(this IServiceCollection services)
    {
        services.AddValidatedOptions<RedisOptions>(RedisOptions.Section);
        services.AddSingleton<RedisConnection>();
        services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");
        return services;
    }
}
