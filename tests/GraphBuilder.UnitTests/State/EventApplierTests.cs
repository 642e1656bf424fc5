using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class EventApplierTests
{
    public static TheoryData<string, byte[]?, string> BadInteractions => new()
    {
        { "no value", null, "no value" },
        { "not protobuf", [0xff, 0xff, 0xff], "are not a InteractionEvent" },
        { "empty", [], "layout version 0" },
        { "unknown version", new InteractionEvent { Version = 2, Interaction = new() }.ToByteArray(), "layout version 2" },
        { "no event", new InteractionEvent { Version = 1 }.ToByteArray(), "neither" },
        { "no user", EventCodec.Write(new Interaction { EventId = "e", ItemId = "i", Type = "click", Time = ShopRecord.At(1) }), "user_id: is empty" },
        { "bad weight", EventCodec.Write(new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click", Weight = -1, Time = ShopRecord.At(1) }), "weight: is -1" },
        { "no time", EventCodec.Write(new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click" }), "time: is missing" },
        { "erasure without user", EventCodec.Write(new UserErasure { EventId = "e", Time = ShopRecord.At(1) }), "user_id: is empty" },
    };

    [Theory]
    [MemberData(nameof(BadInteractions))]
    public void Apply_InvalidInteraction_SaysWhyAndChangesNothing(string name, byte[]? value, string reason)
    {
        var state = GraphStates.Empty();
        Assert.Contains(reason, GraphStates.Apply(state, new(false, name, value, ShopRecord.Now)));
        Assert.Equal(1, state.Version);
    }

    [Fact]
    public void Apply_InvalidItem_SaysWhy()
    {
        var value = EventCodec.Write(new Item { EventId = "e", ItemId = "i", Time = ShopRecord.At(1), Features = { ["image"] = new FeatureVector { Values = { 1, float.NaN } } } });
        Assert.Contains("features[image]: number 1 is NaN", GraphStates.Apply(GraphStates.Empty(), new(true, "i", value, ShopRecord.Now)));
    }

    [Fact]
    public void Apply_WeightTooSmallForAFloat_StaysPositive()
    {
        var types = new EventTypes(new Dictionary<string, string> { ["click"] = "0.001" });
        var state = GraphStates.Empty();
        var click = new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click", Weight = float.Epsilon, Time = ShopRecord.At(1) };
        var applier = new EventApplier(GraphStates.Topics, types, state);

        Assert.Null(applier.Apply(GraphStates.Topics.Interactions, 0, "u"u8.ToArray(), EventCodec.Write(click), ShopRecord.Now.ToUnixTimeMilliseconds(), 0));
        Assert.Equal(1, state.ActivePairs);
    }

    [Fact]
    public void Apply_TombstoneOfAnItem_DeletesIt()
    {
        var state = GraphStates.Of([ShopRecord.Describe("i", 10, "a"), ShopRecord.Tombstone("i", 20)]);
        Assert.Equal(0, state.ActiveItems);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(253_402_300_800_000)]
    [InlineData(253_402_300_799_000)]
    [InlineData(-2)]
    public void Apply_TimestampThatIsNoDate_SaysWhyAndChangesNothing(long milliseconds)
    {
        var state = GraphStates.Empty();
        Assert.Contains($"timestamp is {milliseconds} ms", Apply(state, ShopRecord.Touch("u", "i", 1, "e"), new Timestamp(milliseconds, TimestampType.CreateTime)));
        Assert.Equal(1, state.Version);
    }

    [Theory]
    [InlineData(253_402_200_000_000, TimestampType.CreateTime)]
    [InlineData(1_700_000_000_000, TimestampType.LogAppendTime)]
    [InlineData(0, TimestampType.NotAvailable)]
    public void Apply_AnyDateOrNone_IsApplied(long milliseconds, TimestampType type)
    {
        var state = GraphStates.Empty();
        Assert.Null(Apply(state, ShopRecord.Touch("u", "i", 1, "e"), new Timestamp(milliseconds, type)));
        Assert.Equal(1, state.ActivePairs);
    }

    [Fact]
    public void Apply_EventAheadOfItsRecord_IsRefusedWhateverTheClockSays()
    {
        var record = ShopRecord.Touch("u", "i", 0, "e") with { Written = ShopRecord.At(0).ToDateTimeOffset() - TimeSpan.FromDays(2) };
        Assert.Contains("ahead of the clock", GraphStates.Apply(GraphStates.Empty(), record));
    }

    [Fact]
    public void Apply_EventsOfTheNextDay_TakeTheirRecordsTime()
    {
        var early = ShopRecord.Touch("u", "i", 0, "e") with { Written = ShopRecord.At(0).ToDateTimeOffset() - TimeSpan.FromHours(23) };
        var state = GraphStates.Of([early]);
        Assert.Equal(early.Written.ToUnixTimeMilliseconds(), state.EventTime);
        Assert.Equal([early.Written.ToUnixTimeMilliseconds()], GraphStates.Cut(state).Interactions.Times);
    }

    [Fact]
    public void Apply_ItemStampedTomorrow_IsDeletedByTodaysDeletion()
    {
        var tomorrow = ShopRecord.Describe("i", 0, "a") with { Written = ShopRecord.At(0).ToDateTimeOffset() - TimeSpan.FromHours(23) };
        Assert.Equal(0, GraphStates.Of([tomorrow, ShopRecord.Delete("i", -80_000)]).ActiveItems);
    }

    [Fact]
    public void Apply_TypeThatIsNotNamed_CountsOneAndIsListed()
    {
        var state = GraphStates.Empty();
        var applier = new EventApplier(GraphStates.Topics, GraphStates.Types, state);
        for (var n = 0; n < 3; n++)
        {
            var record = ShopRecord.Touch("u", $"i{n}", 1, "e", type: "klick");
            Assert.Null(applier.Apply(record.TopicOf(GraphStates.Topics), 0, null, record.Value, ShopRecord.Now.ToUnixTimeMilliseconds(), 0));
        }
        Assert.Equal([KeyValuePair.Create("klick", 3L)], applier.UnnamedTypes.Counts);
        Assert.Equal(3, state.ActivePairs);
    }

    private static string? Apply(GraphState state, ShopRecord record, Timestamp timestamp) => new EventApplier(GraphStates.Topics, GraphStates.Types, state).Apply(new ConsumeResult<byte[], byte[]>
    {
        Topic = record.TopicOf(GraphStates.Topics),
        Message = new() { Key = System.Text.Encoding.UTF8.GetBytes(record.Key), Value = record.Value!, Timestamp = timestamp },
    });
}
