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
        "bootstrap.servers", "metadata.broker.list", "partitioner", "acks", "request.required.acks", "enable.idempotence",
        "group.id", "group.instance.id", "partition.assignment.strategy", "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "isolation.level",
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

    /// <summary>How long interactions are kept in a topic that has to be created; 00:00:00 for ever. What is gone can't be trained on, or read again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan InteractionsRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long impressions are kept in a topic that has to be created; 00:00:00 for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan ImpressionsRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long dead letters are kept in a topic that has to be created; 00:00:00 for ever.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00")]
    public TimeSpan DeadLettersRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How to talk to the brokers: TLS, a login, both or neither.</summary>
    [AllowedValues("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")]
    public string SecurityProtocol { get; set; } = "PLAINTEXT";

    /// <summary>How to log in, with SASL_PLAINTEXT or SASL_SSL.</summary>
    [AllowedValues("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")]
    public string SaslMechanism { get; set; } = "SCRAM-SHA-512";

    /// <summary>The login's name.</summary>
    public string SaslUsername { get; set; } = "";

    /// <summary>The login's password. Better in the environment than on a command line, which every user of the machine can read.</summary>
    public string SaslPassword { get; set; } = "";

    /// <summary>A PEM file of the authorities that sign the brokers' certificates; empty for those the system trusts.</summary>
    public string SslCaLocation { get; set; } = "";

    /// <summary>A PEM file with a certificate of our own, where the brokers ask for one.</summary>
    public string SslCertificateLocation { get; set; } = "";

    /// <summary>A PEM file with the private key of that certificate.</summary>
    public string SslKeyLocation { get; set; } = "";

    /// <summary>That key's password; empty if it has none.</summary>
    public string SslKeyPassword { get; set; } = "";

    /// <summary>
    /// Further librdkafka properties for every client, e.g. "socket.keepalive.enable": "true". They override our defaults; those that delivery
    /// guarantees depend on are refused.
    /// </summary>
    public Dictionary<string, string> Client { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Client.Keys.Where(NotTheUsers.Contains))
            yield return new($"{Section}:{nameof(Client)}:{name} can't be set: {Why(name)}", [nameof(Client)]);
        if (LogsIn && (SaslUsername.Length == 0 || SaslPassword.Length == 0) && !Client.ContainsKey("sasl.username"))
            yield return new($"{Section}:{nameof(SecurityProtocol)} is {SecurityProtocol}, which logs in; {Section}:{nameof(SaslUsername)} and {Section}:{nameof(SaslPassword)} are needed.", [nameof(SaslUsername)]);
        if (!LogsIn && SaslUsername.Length > 0)
            yield return new($"{Section}:{nameof(SaslUsername)} is set, but with {Section}:{nameof(SecurityProtocol)} {SecurityProtocol} nobody logs in; SASL_SSL or SASL_PLAINTEXT is needed.", [nameof(SecurityProtocol)]);
        if (SslCertificateLocation.Length > 0 != SslKeyLocation.Length > 0)
            yield return new($"{Section}:{nameof(SslCertificateLocation)} and {Section}:{nameof(SslKeyLocation)} go together: a certificate and its key.", [nameof(SslKeyLocation)]);
        foreach (var (name, file) in new[] { (nameof(SslCaLocation), SslCaLocation), (nameof(SslCertificateLocation), SslCertificateLocation), (nameof(SslKeyLocation), SslKeyLocation) })
            if (file.Length > 0 && !File.Exists(file))
                yield return new($"{Section}:{name} is \"{file}\", which does not exist. Correct the path; in a container it is that inside.", [name]);
            else if (file.Length > 0 && !SecurityProtocol.EndsWith("SSL", StringComparison.Ordinal))
                yield return new($"{Section}:{name} is set, but with {Section}:{nameof(SecurityProtocol)} {SecurityProtocol} there is no TLS; SSL or SASL_SSL is needed.", [nameof(SecurityProtocol)]);
    }

    private bool LogsIn => SecurityProtocol.StartsWith("SASL", StringComparison.Ordinal);

    /// <summary>How to reach the brokers, as librdkafka's properties.</summary>
    internal Dictionary<string, string> Connection()
    {
        var properties = new Dictionary<string, string> { ["bootstrap.servers"] = BootstrapServers };
        Add("security.protocol", SecurityProtocol == "PLAINTEXT" ? "" : SecurityProtocol.ToLowerInvariant());
        Add("sasl.mechanism", LogsIn ? SaslMechanism : "");
        Add("sasl.username", SaslUsername);
        Add("sasl.password", SaslPassword);
        Add("ssl.ca.location", SslCaLocation);
        Add("ssl.certificate.location", SslCertificateLocation);
        Add("ssl.key.location", SslKeyLocation);
        Add("ssl.key.password", SslKeyPassword);
        return properties;

        void Add(string name, string value)
        {
            if (value.Length > 0)
                properties[name] = value;
        }
    }

    private static string Why(string name) => name.ToLowerInvariant() is "bootstrap.servers" or "metadata.broker.list"
        ? $"{Section}:{nameof(BootstrapServers)} says where the brokers are."
        : "that no event is lost or counted twice depends on it.";
}
