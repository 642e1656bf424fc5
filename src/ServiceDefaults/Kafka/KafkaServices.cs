using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Registers what a service needs to use Kafka.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Adds <see cref="KafkaOptions"/>, <see cref="KafkaClients"/> and <see cref="TopicSetup"/>, and a readiness check that asks whether a broker answers.
    /// </summary>
    /// <param name="services">The service's services.</param>
    /// <param name="without">The service's health without Kafka: Unhealthy takes it out of rotation, Degraded leaves it in.</param>
    public static IServiceCollection AddKafka(this IServiceCollection services, HealthStatus without = HealthStatus.Unhealthy)
    {
        services.AddValidatedOptions<KafkaOptions>(KafkaOptions.Section);
        services.AddSingleton<KafkaClients>();
        services.AddSingleton<TopicSetup>();
        services.AddSingleton<KafkaHealthCheck>();
        services.AddHealthChecks().AddCheck<KafkaHealthCheck>("kafka", without);
        return services;
    }
}
