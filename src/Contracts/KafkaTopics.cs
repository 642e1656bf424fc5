namespace Rearm.Streaming.Contracts;

/// <summary>The names of the Kafka topics.</summary>
/// <param name="Prefix">What every name begins with; "rearm" unless two installations share a broker.</param>
public sealed record KafkaTopics(string Prefix = KafkaTopics.DefaultPrefix)
{
    /// <summary>The prefix unless another is configured.</summary>
    public const string DefaultPrefix = "rearm";

    /// <summary>Interactions and user erasures (<see cref="V1.InteractionEvent"/>), keyed by user id.</summary>
    public string Interactions => $"{Prefix}.interactions";

    /// <summary>Items and item deletions (<see cref="V1.ItemEvent"/>), keyed by item id, compacted.</summary>
    public string Items => $"{Prefix}.items";

    /// <summary>What was shown to users (<see cref="V1.Impression"/>), keyed by user id, in as many partitions as <see cref="Interactions"/>.</summary>
    public string Impressions => $"{Prefix}.impressions";

    /// <summary>Records that could not be used (<see cref="V1.DeadLetter"/>).</summary>
    public string DeadLetters => $"{Prefix}.dead-letters";
}
