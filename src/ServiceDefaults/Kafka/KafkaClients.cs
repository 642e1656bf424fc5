using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Creates Kafka clients with the settings that delivery guarantees depend on.</summary>
public sealed partial class KafkaClients(IOptions<KafkaOptions> options, ILogger<KafkaClients> logger)
{
    private static readonly TimeSpan TroubleInterval = TimeSpan.FromSeconds(10);

    private long _lastTrouble = -(long)TroubleInterval.TotalMilliseconds;

    /// <summary>The topics' names.</summary>
    public KafkaTopics Topics { get; } = new(options.Value.TopicPrefix);

    /// <summary>An idempotent producer that waits for all in-sync replicas.</summary>
    /// <param name="configure">The service's own settings; overrides Kafka:Client.</param>
    public IProducer<byte[], byte[]> CreateProducer(Action<ProducerConfig>? configure = null) =>
        new ProducerBuilder<byte[], byte[]>(ProducerSettings(configure)).SetErrorHandler((_, e) => Report(e)).SetLogHandler((_, m) => Report(m)).Build();

    /// <summary>
    /// A consumer that commits nothing by itself and hides no gap: an offset that the log no longer holds is an error.
    /// </summary>
    /// <param name="group">The consumer group.</param>
    /// <param name="configure">The service's own settings; overrides Kafka:Client.</param>
    /// <param name="extend">Adds the service's own handlers.</param>
    public IConsumer<byte[], byte[]> CreateConsumer(
        string group, Action<ConsumerConfig>? configure = null, Action<ConsumerBuilder<byte[], byte[]>>? extend = null)
    {
        var builder = new ConsumerBuilder<byte[], byte[]>(ConsumerSettings(group, configure))
            .SetErrorHandler((_, e) => Report(e))
            .SetLogHandler((_, m) => Report(m));
        extend?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>An administrative client.</summary>
    public IAdminClient CreateAdmin() =>
        new AdminClientBuilder(new AdminClientConfig(With([]))).SetErrorHandler((_, e) => Report(e)).SetLogHandler((_, m) => Report(m)).Build();

    internal ProducerConfig ProducerSettings(Action<ProducerConfig>? configure)
    {
        var config = new ProducerConfig(With(new()
        {
            // About as small as gzip, at a third of the producer's processor time and half of the reader's.
            ["compression.type"] = "zstd",
            ["linger.ms"] = "5",
            // As Java's, Python's and Go's clients choose, so that all producers put a key's records into one partition.
            ["partitioner"] = "murmur2_random",
        }))
        { Acks = Acks.All, EnableIdempotence = true };
        configure?.Invoke(config);
        return config;
    }

    internal ConsumerConfig ConsumerSettings(string group, Action<ConsumerConfig>? configure)
    {
        var config = new ConsumerConfig(With([]))
        {
            GroupId = group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Error,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
        };
        configure?.Invoke(config);
        return config;
    }

    // The user's properties override our defaults; KafkaOptions refuses those that may not be set.
    private Dictionary<string, string> With(Dictionary<string, string> defaults)
    {
        foreach (var (name, value) in options.Value.Connection().Concat(options.Value.Client))
            defaults[name] = value;
        return defaults;
    }

    private void Report(Error error)
    {
        if (error.IsFatal)
            LogFatal(error.Code, error.Reason);
        else if (TroubleIsNews())
            LogTrouble(error.Code, error.Reason);
    }

    // While a broker is down the client reports errors many times a second; one log entry in ten seconds says as much.
    private bool TroubleIsNews()
    {
        var now = Environment.TickCount64;
        var last = Interlocked.Read(ref _lastTrouble);
        return now - last >= TroubleInterval.TotalMilliseconds && Interlocked.CompareExchange(ref _lastTrouble, now, last) == last;
    }

    private void Report(LogMessage message) => LogClient(message.Facility, message.Message);

    [LoggerMessage(101, LogLevel.Critical, "Kafka client failed fatally ({Code}): {Reason}")]
    private partial void LogFatal(ErrorCode code, string reason);

    [LoggerMessage(102, LogLevel.Warning, "Kafka client error ({Code}): {Reason}")]
    private partial void LogTrouble(ErrorCode code, string reason);

    [LoggerMessage(103, LogLevel.Debug, "Kafka client {Facility}: {Message}")]
    private partial void LogClient(string facility, string message);
}
