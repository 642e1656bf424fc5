using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>Sees to it that the topics exist before a service uses them.</summary>
public sealed partial class TopicSetup(KafkaClients clients, IOptions<KafkaOptions> options, ILogger<TopicSetup> logger)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CreateTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Creates the topics that are missing and waits until the broker shows them all; tries until it can.</summary>
    /// <returns>The number of partitions of each topic.</returns>
    public async Task<IReadOnlyDictionary<string, int>> EnsureAsync(CancellationToken cancellationToken)
    {
        using var admin = clients.CreateAdmin();
        var wanted = new[] { clients.Topics.Interactions, clients.Topics.Items, clients.Topics.DeadLetters };
        var waits = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var found = new Dictionary<string, int>();
                foreach (var topic in wanted)
                    if (await PartitionsAsync(admin, topic, cancellationToken) is var partitions and > 0)
                        found[topic] = partitions;
                if (found.Count == wanted.Length)
                    return found;
                await CreateAsync(admin, [.. wanted.Where(t => !found.ContainsKey(t))], cancellationToken);
            }
            catch (KafkaException e)
            {
                // Every 20th time is about every 10 s: often enough to see, not to drown in.
                if (waits++ % 20 == 0)
                    LogWaiting(options.Value.BootstrapServers, e.Error.Reason);
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The number of partitions of a topic; 0 if it does not exist.</summary>
    /// <exception cref="KafkaException">The broker can't be reached.</exception>
    public static async Task<int> PartitionsAsync(IAdminClient admin, string topic, CancellationToken cancellationToken)
    {
        // The client's metadata call blocks; it has no asynchronous form. Asking for all topics, not for this one: a broker that creates
        // topics by itself would create it, with its own number of partitions and without compaction.
        var metadata = await Task.Run(() => admin.GetMetadata(MetadataTimeout), cancellationToken);
        return metadata.Topics.SingleOrDefault(t => t.Topic == topic) is { } found && found.Error.Code == ErrorCode.NoError ? found.Partitions.Count : 0;
    }

    private async Task CreateAsync(IAdminClient admin, string[] topics, CancellationToken cancellationToken)
    {
        var specifications = topics.Select(topic => new TopicSpecification
        {
            Name = topic,
            NumPartitions = options.Value.Partitions,
            ReplicationFactor = options.Value.ReplicationFactor,
            Configs = topic == clients.Topics.Items ? new() { ["cleanup.policy"] = "compact" } : null,
        });
        try
        {
            await admin.CreateTopicsAsync(specifications, new CreateTopicsOptions { RequestTimeout = CreateTimeout });
        }
        catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another service was faster.
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_UnsupportedFeature)
        {
            // librdkafka's embedded cluster can't create topics on request; asking for their metadata creates them.
            foreach (var topic in topics)
                await Task.Run(() => admin.GetMetadata(topic, MetadataTimeout), cancellationToken);
        }
    }

    [LoggerMessage(111, LogLevel.Warning, "Waiting for Kafka at {BootstrapServers}: {Reason}")]
    private partial void LogWaiting(string bootstrapServers, string reason);
}
