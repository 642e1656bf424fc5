using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.ServiceDefaults;

/// <summary>A test that needs an Apache Kafka of its own.</summary>
internal sealed class ApacheKafkaFactAttribute : FactAttribute
{
    public ApacheKafkaFactAttribute()
    {
        if (ApacheKafka.Home is null)
            Skip = "REARM_TEST_KAFKA_HOME names no Kafka.";
    }
}
