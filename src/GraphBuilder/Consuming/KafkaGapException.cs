namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Kafka no longer holds the records that follow the checkpoint.</summary>
internal sealed class KafkaGapException(IReadOnlyList<string> troubles) : Exception(
    $"Kafka does not hold what follows the checkpoint. {string.Join(" ", troubles)} "
    + $"Check that this is the right broker. To go on with what is left, start once with {GraphBuilderOptions.Section}:{nameof(GraphBuilderOptions.AcceptGap)}=true; "
    + $"to rebuild everything from Kafka, move the folder {GraphBuilderOptions.Section}:{nameof(GraphBuilderOptions.CheckpointDirectory)} away.");
