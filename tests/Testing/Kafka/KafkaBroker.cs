using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Rearm.Streaming.Testing.Kafka;

/// <summary>A Kafka broker to test against, whichever this machine has.</summary>
public abstract class KafkaBroker : IAsyncDisposable
{
    /// <summary>Where clients connect.</summary>
    public abstract string BootstrapServers { get; }

    /// <summary>What it is, with its version, for the run's summary.</summary>
    public abstract string Description { get; }

    /// <summary>Tells the run's summary that this broker was used.</summary>
    public void Report() => RunFacts.Used("Kafka", Description);

    /// <summary>Creates a topic that only the calling test knows.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateTopicAsync(string prefix, int partitions = 4)
    {
        var name = $"{prefix}.{Guid.NewGuid():N}";
        await CreateAsync(name, partitions);
        return name;
    }

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Creates a topic of this name. When it returns, clients find it: a consumer that came sooner would be told that there is no such topic.</summary>
    public virtual async Task CreateAsync(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
        await Wait.UntilAsync(
            $"clients find the topic {topic}", () => Task.Run(() => admin.GetMetadata(topic, Wait.Patience).Topics.Single()),
            found => !found.Error.IsError && found.Partitions.Count == partitions && found.Partitions.All(p => p.Leader >= 0));
    }
}
