using Confluent.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Decides where to begin reading: where the checkpoint ends, provided that the log still holds what follows.</summary>
internal static class StartingOffsets
{
    /// <summary>The next record to read of each partition.</summary>
    /// <param name="checkpoint">Next offsets that the state reflects; empty before the first checkpoint.</param>
    /// <param name="logs">What each partition holds.</param>
    /// <param name="acceptGap">Go on with what is left instead of refusing.</param>
    /// <param name="troubles">What is missing, one sentence per partition.</param>
    /// <exception cref="KafkaGapException">Records are missing, and that is not accepted.</exception>
    public static Dictionary<TopicPartition, long> Decide(
        IReadOnlyDictionary<TopicPartition, long> checkpoint, IReadOnlyDictionary<TopicPartition, LogRange> logs, bool acceptGap, out List<string> troubles)
    {
        var starts = new Dictionary<TopicPartition, long>();
        troubles = [];
        foreach (var (partition, log) in logs)
        {
            if (!checkpoint.TryGetValue(partition, out var next))
                next = log.Low;
            else if (next < log.Low)
            {
                troubles.Add($"{Name(partition)}: the checkpoint ends at offset {next}, but the log begins at {log.Low}; {log.Low - next} records are gone.");
                next = log.Low;
            }
            else if (next > log.High)
            {
                troubles.Add($"{Name(partition)}: the checkpoint ends at offset {next}, but the log ends at {log.High}; the topic was recreated, or the broker lost records.");
                next = log.Low;
            }
            starts[partition] = next;
        }
        foreach (var (partition, next) in checkpoint)
            if (!logs.ContainsKey(partition))
                troubles.Add($"{Name(partition)}: the checkpoint ends at offset {next}, but the topic has no such partition; it was recreated.");
        if (troubles.Count > 0 && !acceptGap)
            throw new KafkaGapException(troubles);
        return starts;
    }

    /// <summary>What a first start can no longer read, in words; null if the logs are whole.</summary>
    /// <param name="logs">What each partition of the interactions holds; the items' topic is compacted, and has no beginning.</param>
    public static string? Trimmed(IEnumerable<KeyValuePair<TopicPartition, LogRange>> logs)
    {
        var trimmed = logs.Where(l => l.Value.Low > 0).ToArray();
        return trimmed.Length == 0
            ? null
            : $"There is no checkpoint, and Kafka no longer holds the first {trimmed.Sum(l => l.Value.Low)} records ({string.Join(", ", trimmed.Select(l => $"{Name(l.Key)} begins at {l.Value.Low}"))}): "
                + "the graphs are built without them. Restore a checkpoint if there is one, and see that the topic's retention is as long as the history that you want.";
    }

    private static string Name(TopicPartition partition) => $"{partition.Topic}[{partition.Partition.Value}]";
}
