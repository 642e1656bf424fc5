using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// Decides where a reader begins, of the items and of each partition that it gets: where the checkpoint ends, if the broker still holds what follows.
/// </summary>
internal sealed partial class TopicReaders(
    KafkaClients clients, TopicSetup topics, RetryPolicy retry, IOptions<GraphBuilderOptions> options, ILogger<TopicReaders> logger)
{
    /// <summary>What retention had deleted before the first start of all; null if nothing.</summary>
    public string? Trimmed { get; private set; }

    /// <summary>A reader of the items, which has not joined the group yet; waits for the topics.</summary>
    /// <param name="items">Next offsets of the items that the state reflects; empty before the first checkpoint.</param>
    /// <param name="known">Partitions of the interactions that there are checkpoints of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The reader, and the number of partitions of the interactions topic.</returns>
    /// <exception cref="KafkaGapException">The broker no longer holds what follows the checkpoints, and that is not accepted.</exception>
    public async Task<(TopicReader Reader, int Partitions)> OpenAsync(
        IReadOnlyDictionary<TopicPartition, long> items, IReadOnlyList<int> known, CancellationToken cancellationToken)
    {
        var counts = await topics.EnsureAsync(cancellationToken);
        var reader = new TopicReader(clients, options.Value);
        try
        {
            // Of partitions that the topic does not have, the checkpoint is of another topic.
            var count = counts[clients.Topics.Interactions];
            var missing = known.Where(p => p >= count).Select(p => KeyValuePair.Create(new TopicPartition(clients.Topics.Interactions, p), 0L));
            var partitions = Enumerable.Range(0, counts[clients.Topics.Items]).Select(p => new TopicPartition(clients.Topics.Items, p));
            var (starts, logs) = await StartAsync(reader, [.. partitions], items.Concat(missing).ToDictionary(), cancellationToken);
            reader.AssignItems(starts, logs);
            return (reader, count);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Where to begin with partitions.</summary>
    /// <param name="reader">Asks the broker.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="checkpoint">Next offsets that the state reflects, of those that there is a checkpoint of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each partition the next record to read, and what the broker holds.</returns>
    /// <exception cref="KafkaGapException">The broker no longer holds what follows the checkpoint, and that is not accepted.</exception>
    public async Task<(Dictionary<TopicPartition, long> Starts, Dictionary<TopicPartition, LogRange> Logs)> StartAsync(
        TopicReader reader, IReadOnlyList<TopicPartition> partitions, IReadOnlyDictionary<TopicPartition, long> checkpoint, CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, LogRange> logs = [];
        await retry.ExecuteAsync("ask the broker what it holds", async token => logs = await Task.Run(() => reader.Logs(partitions), token), cancellationToken);
        var starts = StartingOffsets.Decide(checkpoint, logs, options.Value.AcceptGap, out var gaps);
        foreach (var gap in gaps)
            LogGap(gap);
        if (StartingOffsets.Trimmed(logs.Where(l => l.Key.Topic == clients.Topics.Interactions && !checkpoint.ContainsKey(l.Key))) is { } trimmed)
            LogTrimmed(Trimmed = trimmed);
        var names = string.Join(", ", partitions.Select(p => $"{p.Topic}[{p.Partition.Value}]"));
        LogReading(partitions.Count, names, starts.Sum(s => Math.Max(0, logs[s.Key].High - s.Value)));
        return (starts, logs);
    }

    [LoggerMessage(2021, LogLevel.Information, "Reading {Count} partitions ({Partitions}), {Records} records behind")]
    private partial void LogReading(int count, string partitions, long records);

    [LoggerMessage(2005, LogLevel.Warning, "{Trimmed}")]
    private partial void LogTrimmed(string trimmed);

    [LoggerMessage(2022, LogLevel.Error, "Going on without records that Kafka no longer holds. {Gap}")]
    private partial void LogGap(string gap);
}
