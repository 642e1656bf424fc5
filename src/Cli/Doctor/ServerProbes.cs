using Confluent.Kafka;
using Rearm.Streaming.Cli.CommandLine;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>The Kafka client, and the Kafka and Redis servers that were named.</summary>
internal static class ServerProbes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static IEnumerable<Probe> All(string? kafka, string? redis) =>
    [
        new("librdkafka", "it comes with the build, for Linux x64 and arm64, macOS and Windows", () => Finding.Good($"{Library.VersionString}, the Kafka client")),
        .. Outside(kafka, redis),
    ];

    /// <summary>Whether the servers that were named answer.</summary>
    public static IEnumerable<Probe> Outside(string? kafka, string? redis)
    {
        if (kafka is not null)
            yield return new($"Kafka {kafka}", "is it running, and is that its address?", () => Kafka(kafka));
        if (redis is not null)
            yield return new($"Redis {redis}", "is it running, and is that its address?", _ => RedisAsync(redis));
    }

    /// <summary>Returns if the servers that were named answer.</summary>
    /// <exception cref="CliException">One does not; says which and what to look at.</exception>
    public static async Task RequireAsync(string? kafka, string? redis, CancellationToken cancellationToken)
    {
        foreach (var server in Outside(kafka, redis))
            if (await server.LookSafelyAsync(cancellationToken) is { Condition: Condition.Bad } bad)
                throw new CliException($"{server.Name} does not answer; {server.Remedy} ({bad.Detail})");
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
