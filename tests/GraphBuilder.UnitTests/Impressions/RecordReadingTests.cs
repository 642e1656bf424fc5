using Confluent.Kafka;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Impressions;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Impressions;

public class RecordReadingTests
{
    // Any producer may have written it: one record that nobody can use must not end the join of all others.
    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(-1, 0)]
    [InlineData(1000, -5)]
    [InlineData(1000, int.MaxValue)]
    public void ReadShown_TimeThatIsNoDate_IsRefused(long seconds, int nanos)
    {
        var shown = RecordReading.ReadShown(Record(EventCodec.Write(Impression(new() { Seconds = seconds, Nanos = nanos }))));

        Assert.Null(shown.Impression);
        var join = new PartitionJoin(new(), TimeSpan.FromMinutes(30), 100);
        join.Offer(shown);
        join.ImpressionsEnd = join.InteractionsEnd = true;
        join.Advance(2_000_000);
        Assert.Equal((0L, 1L), join.Answers);
    }

    [Fact]
    public void ReadShown_NoTime_IsThatOfTheRecord() =>
        Assert.NotNull(RecordReading.ReadShown(Record(EventCodec.Write(Impression(null)))).Impression);

    [Fact]
    public void ReadShownAndReadClick_NoValue_SayNothing()
    {
        Assert.Null(RecordReading.ReadShown(Record(null)).Impression);
        Assert.Equal(new Click(7, 1_000_000, 0, 0), new RecordReading(GraphStates.Types).ReadClick(Record(null)));
    }

    private static Impression Impression(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        new() { RequestId = "r", UserId = "u", ItemIds = { "i" }, Time = time };

    private static ConsumeResult<byte[], byte[]> Record(byte[]? value) => new()
    {
        TopicPartitionOffset = new("impressions", 0, 7),
        Message = new() { Value = value!, Timestamp = new(1_000_000, TimestampType.LogAppendTime) },
    };
}
