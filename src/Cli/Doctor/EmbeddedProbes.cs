using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>The servers that the demo embeds, unless it is given others.</summary>
internal static class EmbeddedProbes
{
    public static IEnumerable<Probe> All(string? kafka, string? redis)
    {
        if (kafka is null)
            yield return new("Kafka", "use a Kafka of your own: --kafka host:port", _ => BrokerAsync());
        if (redis is null)
            yield return new("Redis", "use a Redis of your own: --redis host:port", _ => RedisAsync());
    }

    private static async Task<Finding> BrokerAsync()
    {
        await using var broker = EmbeddedBroker.Start();
        return Finding.Good("embedded, librdkafka's test cluster: starts");
    }

    private static async Task<Finding> RedisAsync()
    {
        await using var redis = EmbeddedRedis.Start();
        return Finding.Good("embedded, Microsoft Garnet: starts");
    }
}
