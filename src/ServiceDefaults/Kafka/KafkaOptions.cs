using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.ServiceDefaults.Kafka;

/// <summary>How to reach Kafka (configuration section "Kafka").</summary>
public sealed class KafkaOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Kafka";

    // Including librdkafka's aliases.
    private static readonly HashSet<string> NotTheUsers = new(StringComparer.OrdinalIgnoreCase)
    {
        "bootstrap.servers", "metadata.broker.list", "acks", "request.required.acks", "enable.idempotence",
        "group.id", "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "isolation.level",
    };

    /// <summary>Brokers to start from, "host:port" separated by commas.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>What the topics' names begin with.</summary>
    [Required, RegularExpression("[a-zA-Z0-9._-]{1,100}")]
    public string TopicPrefix { get; set; } = KafkaTopics.DefaultPrefix;

    /// <summary>Partitions of a topic that has to be created.</summary>
    [Range(1, 1000)]
    public int Partitions { get; set; } = 4;

    /// <summary>Replicas of a topic that has to be created; -1 leaves it to the broker.</summary>
    [Range(-1, 100)]
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>
    /// Further librdkafka properties for every client, e.g. "security.protocol": "SASL_SSL". They override our defaults; those that delivery
    /// guarantees depend on are refused.
    /// </summary>
    public Dictionary<string, string> Client { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from name in Client.Keys
        where NotTheUsers.Contains(name)
        select new ValidationResult($"{Section}:{nameof(Client)}:{name} can't be set: {Why(name)}", [nameof(Client)]);

    private static string Why(string name) => name.ToLowerInvariant() is "bootstrap.servers" or "metadata.broker.list"
        ? $"{Section}:{nameof(BootstrapServers)} says where the brokers are."
        : "that no event is lost or counted twice depends on it.";
}
