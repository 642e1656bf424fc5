using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Sees to it that the topics exist before a service uses them.</summary>
public sealed partial class TopicSetup
{
    private const string CleanupPolicy = "cleanup.policy";
    private const string TimestampType = "message.timestamp.type";

    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    // Attempts from one log entry to the next: about 10 s, or more while each runs into its timeout.
    private const int AttemptsPerLogEntry = 5;

    private readonly KafkaClients _clients;
    private readonly KafkaOptions _options;
    private readonly ILogger<TopicSetup> _logger;
    private readonly ResiliencePipeline<IReadOnlyDictionary<string, int>?> _untilThere;

    /// <summary>Does nothing yet.</summary>
    public TopicSetup(KafkaClients clients, IOptions<KafkaOptions> options, TimeProvider time, ILogger<TopicSetup> logger)
    {
        (_clients, _options, _logger) = (clients, options.Value, logger);
        _untilThere = new ResiliencePipelineBuilder<IReadOnlyDictionary<string, int>?> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<IReadOnlyDictionary<string, int>?>
            {
                ShouldHandle = new PredicateBuilder<IReadOnlyDictionary<string, int>?>().Handle<KafkaException>().HandleResult(found => found is null),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is KafkaException e && args.AttemptNumber % AttemptsPerLogEntry == 0)
                        LogWaiting(_options.BootstrapServers, e.Error.Reason);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Creates the topics that are missing and waits until the broker lists them all; retries until it can.</summary>
    /// <returns>The number of partitions of each topic.</returns>
    public Task<IReadOnlyDictionary<string, int>> EnsureAsync(CancellationToken cancellationToken) =>
        EnsureAsync(_options.Partitions, [_clients.Topics.Interactions, _clients.Topics.Items, _clients.Topics.DeadLetters], cancellationToken);

    /// <summary>
    /// The same of the topic of impressions as well, which gets as many partitions as the interactions have: so a user's records have the same number in both.
    /// </summary>
    /// <inheritdoc cref="EnsureAsync(CancellationToken)"/>
    public async Task<IReadOnlyDictionary<string, int>> EnsureWithImpressionsAsync(CancellationToken cancellationToken)
    {
        var found = await EnsureAsync(cancellationToken);
        var impressions = await EnsureAsync(found[_clients.Topics.Interactions], [_clients.Topics.Impressions], cancellationToken);
        return found.Concat(impressions).ToDictionary();
    }

    private async Task<IReadOnlyDictionary<string, int>> EnsureAsync(int partitions, string[] topics, CancellationToken cancellationToken)
    {
        using var admin = _clients.CreateAdmin();
        return (await _untilThere.ExecuteAsync(async token => await FindOrCreateAsync(admin, topics, partitions, token), cancellationToken))!;
    }

    /// <summary>The number of partitions of a topic; 0 if it does not exist.</summary>
    /// <exception cref="KafkaException">The broker can't be reached.</exception>
    public static async Task<int> PartitionsAsync(IAdminClient admin, string topic, CancellationToken cancellationToken) =>
        (await AllAsync(admin, cancellationToken)).SingleOrDefault(t => t.Topic == topic) is { } found && found.Error.Code == ErrorCode.NoError ? found.Partitions.Count : 0;

    // All topics are asked for, because a broker that creates topics by itself would create one that is asked for by name, with its own number of
    // partitions and without compaction.
    private static Task<List<TopicMetadata>> AllAsync(IAdminClient admin, CancellationToken cancellationToken) =>
        Task.Run(() => admin.GetMetadata(MetadataTimeout).Topics, cancellationToken);

    // Null when some had to be created: they are there once the broker lists them.
    private async Task<IReadOnlyDictionary<string, int>?> FindOrCreateAsync(
        IAdminClient admin, string[] topics, int partitions, CancellationToken cancellationToken)
    {
        var found = (await AllAsync(admin, cancellationToken)).Where(t => topics.Contains(t.Topic) && t.Error.Code == ErrorCode.NoError && t.Partitions.Count > 0)
            .ToDictionary(t => t.Topic, t => t.Partitions.Count);
        if (found.Count == topics.Length)
            return found;
        await CreateAsync(admin, [.. topics.Where(t => !found.ContainsKey(t))], partitions, cancellationToken);
        return null;
    }

    private async Task CreateAsync(IAdminClient admin, string[] topics, int partitions, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await CreateAsync(admin, topics, partitions, Settings);
            }
            catch (CreateTopicsException e) when (e.Results.FirstOrDefault(r => r.Error.Code is ErrorCode.InvalidConfig or ErrorCode.PolicyViolation) is { } refused)
            {
                // A hosted broker may keep these to itself. Without compaction there would be no catalogue, so that stays.
                LogWithoutSettings(refused.Topic, refused.Error.Reason);
                await CreateAsync(admin, topics, partitions, topic => Settings(topic).Where(s => s.Key == CleanupPolicy).ToDictionary());
            }
        }
        catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another service was faster.
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // librdkafka's test cluster can't create topics on request; asking for their metadata creates them.
            foreach (var topic in topics)
                await Task.Run(() => admin.GetMetadata(topic, MetadataTimeout), cancellationToken);
        }
    }

    private Task CreateAsync(IAdminClient admin, string[] topics, int partitions, Func<string, Dictionary<string, string>> settings) => admin.CreateTopicsAsync(
        topics.Select(topic => new TopicSpecification
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = _options.ReplicationFactor,
            Configs = settings(topic),
        }),
        new CreateTopicsOptions { RequestTimeout = CreateTimeout });

    // The broker's own time: retention must not go by the clocks of producers, or by the years in which imported events happened.
    private Dictionary<string, string> Settings(string topic) =>
        topic == _clients.Topics.Items
            ? new() { [TimestampType] = "LogAppendTime", [CleanupPolicy] = "compact" }
            : new() { [TimestampType] = "LogAppendTime", [CleanupPolicy] = "delete", ["retention.ms"] = Milliseconds(RetentionOf(topic)) };

    private TimeSpan RetentionOf(string topic) =>
        topic == _clients.Topics.Interactions ? _options.InteractionsRetention
        : topic == _clients.Topics.Impressions ? _options.ImpressionsRetention
        : _options.DeadLettersRetention;

    private static string Milliseconds(TimeSpan retention) => retention == TimeSpan.Zero ? "-1" : ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(112, LogLevel.Warning, "Creating topics without times of the broker and retention of our own, because it refuses them for {Topic}: {Reason}")]
    private partial void LogWithoutSettings(string topic, string reason);

    [LoggerMessage(111, LogLevel.Warning, "Waiting for Kafka at {BootstrapServers}: {Reason}")]
    private partial void LogWaiting(string bootstrapServers, string reason);
}
