using Microsoft.Extensions.DependencyInjection;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Registers what a service needs to use Kafka.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Adds <see cref="KafkaOptions"/>, <see cref="KafkaClients"/> and <see cref="TopicSetup"/>, and a readiness check that asks whether a broker answers.
    /// </summary>
    public static IServiceCollection AddKafka(this IServiceCollection services)
    {
        services.AddValidatedOptions<KafkaOptions>(KafkaOptions.Section);
        services.AddSingleton<KafkaClients>();
        services.AddSingleton<TopicSetup>();
        services.AddSingleton<KafkaHealthCheck>();
        services.AddHealthChecks().AddCheck<KafkaHealthCheck>("kafka");
        return services;
    }
}
