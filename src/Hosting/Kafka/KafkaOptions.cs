using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Hosting.Kafka;

/// <summary>How to reach Kafka (configuration section "Kafka").</summary>
public sealed class KafkaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Kafka";

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

    /// <summary>Further librdkafka properties for every client, e.g. "security.protocol": "SASL_SSL".</summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
