using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Consuming;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public class RecordBatchTests
{
    [Fact]
    public void IsFull_ManySmallRecords_AtMaxRecords() => Assert.Equal(RecordBatch.MaxRecords, Fill(new byte[10]).Records.Count);

    [Fact]
    public void IsFull_FewLargeRecords_AtMaxBytes() => Assert.Equal(32, Fill(new byte[1024 * 1024]).Records.Count);

    [Fact]
    public void Clear_FullBatch_IsEmpty()
    {
        var batch = Fill(new byte[16 * 1024 * 1024]);
        batch.Clear();
        Assert.False(batch.IsFull);
        Assert.Empty(batch.Records);
    }

    [Fact]
    public void Add_RecordWithoutKeyAndValue_Counts()
    {
        var batch = new RecordBatch();
        batch.Add(new() { Topic = "t", Message = new() });
        Assert.Single(batch.Records);
    }

    [Fact]
    public void Next_RecordsAndAnEndOfPartition_IsWhatFollowsThem()
    {
        var batch = new RecordBatch();
        batch.Add(new() { TopicPartitionOffset = new("t", 0, 5), Message = new() });
        batch.Add(new() { TopicPartitionOffset = new("t", 1, 9), IsPartitionEOF = true });
        Assert.Equal(new Dictionary<TopicPartition, long> { [new("t", 0)] = 6, [new("t", 1)] = 9 }, batch.Next);
        Assert.Single(batch.Records);
    }

    [Fact]
    public void Next_PartitionsInTurns_IsWhatFollowsTheNewestOfEachUnlessItIsDropped()
    {
        var batch = new RecordBatch();
        foreach (var (topic, partition, offset) in new[] { ("t", 0, 5), ("t", 0, 6), ("t", 1, 9), ("u", 1, 2), ("t", 0, 7), ("t", 1, 10) })
            batch.Add(new() { TopicPartitionOffset = new(topic, partition, offset), Message = new() });
        Assert.Equal(new Dictionary<TopicPartition, long> { [new("t", 0)] = 8, [new("t", 1)] = 11, [new("u", 1)] = 3 }, batch.Next);

        batch.Drop([new("t", 1)]);
        Assert.Equal(new Dictionary<TopicPartition, long> { [new("t", 0)] = 8, [new("u", 1)] = 3 }, batch.Next);
        Assert.Equal(4, batch.Records.Count);
        batch.Clear();
        Assert.Empty(batch.Next);
    }

    private static RecordBatch Fill(byte[] value)
    {
        var batch = new RecordBatch();
        for (var record = new ConsumeResult<byte[], byte[]> { Topic = "t", Message = new() { Value = value } }; !batch.IsFull;)
            batch.Add(record);
        return batch;
    }
}
