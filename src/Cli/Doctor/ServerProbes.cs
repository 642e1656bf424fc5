using Confluent.Kafka;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Kafka and Redis: the client library, the program, and servers that were named.</summary>
internal static class ServerProbes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static IEnumerable<Probe> All(string? kafka, string? redis) =>
    [
        new("librdkafka", "use a Kafka of your own: --kafka host:port", () => Finding.Good($"{Library.VersionString} (Kafka client and the embedded broker)")),
        .. Outside(kafka, redis),
    ];

    /// <summary>The servers that were named: do they answer?</summary>
    public static IEnumerable<Probe> Outside(string? kafka, string? redis)
    {
        if (kafka is not null)
            yield return new($"Kafka {kafka}", "is it running, and is that its address?", () => Kafka(kafka));
        if (redis is not null)
            yield return new($"Redis {redis}", "is it running, and is that its address?", _ => RedisAsync(redis));
    }

    private static Finding Kafka(string brokers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).SetLogHandler((_, _) => { }).Build();
        var metadata = admin.GetMetadata(Patience);
        return Finding.Good($"{metadata.Brokers.Count} broker(s), {metadata.Topics.Count} topics");
    }

    private static async Task<Finding> RedisAsync(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.ConnectTimeout = (int)Patience.TotalMilliseconds;
        using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var latency = await connection.GetDatabase().PingAsync();
        return Finding.Good($"answers in {latency.TotalMilliseconds:0.0} ms");
    }
}
