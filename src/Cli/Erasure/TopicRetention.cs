using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.Erasure;

/// <summary>How long the broker keeps what is in a topic, as the broker says.</summary>
/// <param name="Age">The age at which records go; null if they don't go by age, or nobody knows.</param>
/// <param name="IsCompacted">Only the newest record of each key is kept.</param>
/// <param name="Problem">Why it is not known; null if it is.</param>
internal sealed record TopicRetention(TimeSpan? Age, bool IsCompacted, string? Problem)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks the broker.</summary>
    public static async Task<TopicRetention> ReadAsync(KafkaClients clients, string topic)
    {
        try
        {
            using var admin = clients.CreateAdmin();
            var answers = await admin.DescribeConfigsAsync([new() { Type = ResourceType.Topic, Name = topic }], new() { RequestTimeout = Patience });
            var entries = answers[0].Entries;
            var age = entries.TryGetValue("retention.ms", out var retention)
                && long.TryParse(retention.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms) && ms >= 0
                ? TimeSpan.FromMilliseconds(Math.Min(ms, TimeSpan.MaxValue.TotalMilliseconds / 2))
                : (TimeSpan?)null;
            var policy = entries.TryGetValue("cleanup.policy", out var cleanup) ? cleanup.Value : "";
            return new(policy.Contains("delete", StringComparison.Ordinal) ? age : null, policy.Contains("compact", StringComparison.Ordinal), null);
        }
        catch (KafkaException e)
        {
            return new(null, false, e.Error.Reason);
        }
    }

    /// <summary>What stays in the topic of what was written up to now.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="what">What of it is in there.</param>
    /// <param name="now">The time.</param>
    public RetainedCopy Describe(string topic, string what, DateTimeOffset now)
    {
        if (Problem is not null)
            return new($"topic {topic}", null, $"{what}; the broker does not say how long it keeps records ({Problem})");
        if (Age is { } age)
        {
            var until = age < DateTimeOffset.MaxValue - now ? now + age : (DateTimeOffset?)null;
            return new($"topic {topic}", until, $"{what}; the broker keeps records for {age.TotalDays:0.##} days");
        }
        return new($"topic {topic}", null, IsCompacted
            ? $"{what}, until the broker has compacted the topic; then only the newest record of each key, which here is the deletion"
            : $"{what}; the broker keeps records for ever");
    }
}
