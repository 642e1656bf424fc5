using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Consuming;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Consuming;

public class StartingOffsetsTests
{
    private static readonly TopicPartition P0 = new("rearm.items", 0);
    private static readonly TopicPartition P1 = new("rearm.items", 1);

    [Fact]
    public void Decide_NoCheckpoint_StartsAtTheBeginningOfTheLog()
    {
        var starts = StartingOffsets.Decide(new Dictionary<TopicPartition, long>(), new Dictionary<TopicPartition, LogRange> { [P0] = new(5, 9) }, false, out var troubles);
        Assert.Equal(5, starts[P0]);
        Assert.Empty(troubles);
    }

    [Fact]
    public void Trimmed_FirstRecordsGone_SaysHowManyAndWhere()
    {
        var trimmed = StartingOffsets.Trimmed(new Dictionary<TopicPartition, LogRange> { [P0] = new(5, 9), [P1] = new(0, 3) });
        Assert.Contains("no longer holds the first 5 records (rearm.items[0] begins at 5)", trimmed);
        Assert.Null(StartingOffsets.Trimmed(new Dictionary<TopicPartition, LogRange> { [P1] = new(0, 3) }));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(9)]
    public void Decide_CheckpointWithinTheLog_StartsThere(long next) =>
        Assert.Equal(next, Decide(next, new(5, 9))[P0]);

    [Fact]
    public void Decide_NewPartition_StartsAtItsBeginning()
    {
        var starts = StartingOffsets.Decide(
            new Dictionary<TopicPartition, long> { [P0] = 6 }, new Dictionary<TopicPartition, LogRange> { [P0] = new(5, 9), [P1] = new(0, 3) }, false, out _);
        Assert.Equal(0, starts[P1]);
    }

    [Fact]
    public void Decide_RecordsExpired_RefusesAndSaysHowMany()
    {
        var e = Assert.Throws<KafkaGapException>(() => Decide(3, new(5, 9)));
        Assert.Contains("rearm.items[0]", e.Message);
        Assert.Contains("2 records are gone", e.Message);
        Assert.Contains("GraphBuilder:AcceptGap", e.Message);
    }

    [Fact]
    public void Decide_CheckpointBeyondTheEnd_Refuses() =>
        Assert.Contains("recreated", Assert.Throws<KafkaGapException>(() => Decide(10, new(0, 9))).Message);

    [Fact]
    public void Decide_PartitionGone_Refuses() =>
        Assert.Throws<KafkaGapException>(() => StartingOffsets.Decide(
            new Dictionary<TopicPartition, long> { [P0] = 6, [P1] = 1 }, new Dictionary<TopicPartition, LogRange> { [P0] = new(5, 9) }, false, out _));

    [Fact]
    public void Decide_GapAccepted_StartsWithWhatIsLeft()
    {
        var starts = StartingOffsets.Decide(
            new Dictionary<TopicPartition, long> { [P0] = 3 }, new Dictionary<TopicPartition, LogRange> { [P0] = new(5, 9) }, true, out var troubles);
        Assert.Equal(5, starts[P0]);
        Assert.Single(troubles);
    }

    private static Dictionary<TopicPartition, long> Decide(long next, LogRange log) =>
        StartingOffsets.Decide(new Dictionary<TopicPartition, long> { [P0] = next }, new Dictionary<TopicPartition, LogRange> { [P0] = log }, false, out _);
}
