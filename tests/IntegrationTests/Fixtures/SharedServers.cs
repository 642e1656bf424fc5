using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

/// <summary>
/// One broker of each kind and one Redis for the whole run, started when a test first asks: a broker takes seconds to start. Tests keep apart
/// by topics and key prefixes of their own; one that stops a server starts its own.
/// </summary>
internal static class SharedServers
{
    private static readonly Lock Starting = new();
    private static readonly Dictionary<string, Task<KafkaBroker>> Brokers = [];
    private static Task<RedisServer>? _redis;

    /// <summary>The broker of a kind that <see cref="Fixtures.Brokers"/> names.</summary>
    public static Task<KafkaBroker> BrokerAsync(string kind)
    {
        lock (Starting)
            return Brokers.TryGetValue(kind, out var started) ? started : Brokers[kind] = Fixtures.Brokers.StartAsync(kind);
    }

    /// <summary>The most real broker there is here.</summary>
    public static async Task<KafkaBroker> BrokerAsync() => await BrokerAsync((await Fixtures.Brokers.KindsAsync())[0]);

    /// <summary>The Redis.</summary>
    public static Task<RedisServer> RedisAsync()
    {
        lock (Starting)
            return _redis ??= RedisServer.StartNewAsync();
    }

    /// <summary>Stops what was started.</summary>
    public static async Task StopAsync()
    {
        foreach (var broker in Brokers.Values.Where(b => b.IsCompletedSuccessfully))
            await (await broker).DisposeAsync();
        if (_redis is { IsCompletedSuccessfully: true })
            await (await _redis).DisposeAsync();
    }
}
