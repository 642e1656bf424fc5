using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Opens a reader where the checkpoint ends: waits for the topics, asks the broker what it still holds, and decides where to begin.</summary>
internal sealed partial class TopicReaders(
    KafkaClients clients, TopicSetup topics, RetryPolicy retry, IOptions<GraphBuilderOptions> options, ILogger<TopicReaders> logger)
{
    /// <summary>What retention had deleted before the first start of all; null if nothing.</summary>
    public string? Trimmed { get; private set; }

    /// <summary>A reader that is assigned all partitions of the two topics.</summary>
    /// <param name="checkpoint">Next offsets that the state reflects; empty before the first checkpoint.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KafkaGapException">The broker no longer holds what follows the checkpoint, and that is not accepted.</exception>
    public async Task<TopicReader> OpenAsync(IReadOnlyDictionary<TopicPartition, long> checkpoint, CancellationToken cancellationToken)
    {
        var counts = await topics.EnsureAsync(cancellationToken);
        var partitions = new[] { clients.Topics.Interactions, clients.Topics.Items }
            .SelectMany(topic => Enumerable.Range(0, counts[topic]).Select(p => new TopicPartition(topic, p)))
            .ToArray();
        var reader = new TopicReader(clients);
        try
        {
            Dictionary<TopicPartition, LogRange> logs = [];
            await retry.ExecuteAsync(
                "ask the broker what it holds", async token => logs = await Task.Run(() => reader.Logs(partitions), token), cancellationToken);
            var starts = StartingOffsets.Decide(checkpoint, logs, options.Value.AcceptGap, out var gaps);
            foreach (var gap in gaps)
                LogGap(gap);
            reader.Assign(starts, logs);
            if (checkpoint.Count == 0)
                Trimmed = StartingOffsets.Trimmed(logs.Where(l => l.Key.Topic == clients.Topics.Interactions));
            if (Trimmed is not null)
                LogTrimmed(Trimmed);
            LogReading(partitions.Length, starts.Sum(s => Math.Max(0, logs[s.Key].High - s.Value)));
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    [LoggerMessage(2021, LogLevel.Information, "Reading {Partitions} partitions, {Records} records behind")]
    private partial void LogReading(int partitions, long records);

    [LoggerMessage(2005, LogLevel.Warning, "{Trimmed}")]
    private partial void LogTrimmed(string trimmed);

    [LoggerMessage(2022, LogLevel.Error, "Going on without records that Kafka no longer holds. {Gap}")]
    private partial void LogGap(string gap);
}
