using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public class TopicReaderTests
{
    // The client refuses a session that lasts longer than it may take to read on.
    [Theory]
    [InlineData("00:00:02")]
    [InlineData("00:05:00")]
    [InlineData("00:30:00")]
    public void Create_AnySessionTimeoutThatIsAllowed_IsWhatTheClientTakes(string timeout)
    {
        var options = new GraphBuilderOptions { SessionTimeout = TimeSpan.Parse(timeout) };
        Assert.True(Validator.TryValidateObject(options, new(options), null, validateAllProperties: true));

        using var reader = new TopicReader(new KafkaClients(Options.Create(new KafkaOptions()), NullLogger<KafkaClients>.Instance), options);
        Assert.False(reader.HasJoined);
    }

    [Fact]
    public void IsBehind_LogGrewSinceThePartitionWasTaken_IsFalseOnceAllThatWasThereIsProcessed()
    {
        var partition = new TopicPartition("interactions", 0);
        using var reader = new TopicReader(new KafkaClients(Options.Create(new KafkaOptions()), NullLogger<KafkaClients>.Instance), new GraphBuilderOptions());
        reader.Take(new Dictionary<TopicPartition, long> { [partition] = 5 }, new Dictionary<TopicPartition, LogRange> { [partition] = new(0, 8) });
        for (var offset = 5; offset < 9; offset++)
        {
            Assert.Equal(offset < 8, reader.IsBehind(partition));
            var batch = new RecordBatch();
            batch.Add(new() { Topic = partition.Topic, Partition = partition.Partition, Offset = offset, Message = new() });
            reader.Advance(batch);
        }
    }
}
