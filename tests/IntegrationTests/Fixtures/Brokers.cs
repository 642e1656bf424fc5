using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>The kinds of broker that can be started here.</summary>
internal static class Brokers
{
    public const string Container = "container";
    public const string Apache = "Apache Kafka";
    public const string Embedded = "embedded";

    /// <summary>The kinds there are here, the most real one first.</summary>
    public static async Task<IReadOnlyList<string>> KindsAsync() =>
    [
        .. await DockerEngine.AnswersAsync() ? [Container] : Array.Empty<string>(),
        .. ApacheKafka.Home is null ? Array.Empty<string>() : [Apache],
        Embedded,
    ];

    /// <summary>The kinds there are here, for tests of each.</summary>
    public static TheoryData<string> Theory => [.. KindsAsync().GetAwaiter().GetResult()];

    /// <summary>Starts a broker of a kind.</summary>
    public static async Task<KafkaBroker> StartAsync(string kind)
    {
        KafkaBroker broker = kind switch
        {
            Container => await KafkaContainer.StartAsync(),
            Apache => await ApacheKafka.StartAsync(ApacheKafka.Home!),
            Embedded => new EmbeddedKafka(),
            _ => throw new ArgumentException($"There is no kind of broker called {kind}.", nameof(kind)),
        };
        broker.Report();
        return broker;
    }
}
