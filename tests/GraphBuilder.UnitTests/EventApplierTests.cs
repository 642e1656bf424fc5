using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.UnitTests;

public class EventApplierTests
{
    public static TheoryData<string, byte[]?, string> BadInteractions => new()
    {
        { "no value", null, "no value" },
        { "not protobuf", [0xff, 0xff, 0xff], "are not a InteractionEvent" },
        { "empty", [], "layout version 0" },
        { "unknown version", new InteractionEvent { Version = 2, Interaction = new() }.ToByteArray(), "layout version 2" },
        { "no event", new InteractionEvent { Version = 1 }.ToByteArray(), "neither" },
        { "no user", EventCodec.Write(new Interaction { EventId = "e", ItemId = "i", Type = "click", Time = Shop.At(1) }), "user_id: is empty" },
        { "bad weight", EventCodec.Write(new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click", Weight = -1, Time = Shop.At(1) }), "weight: is -1" },
        { "no time", EventCodec.Write(new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click" }), "time: is missing" },
        { "erasure without user", EventCodec.Write(new UserErasure { EventId = "e", Time = Shop.At(1) }), "user_id: is empty" },
    };

    [Theory]
    [MemberData(nameof(BadInteractions))]
    public void Apply_BadInteraction_SaysWhyAndChangesNothing(string name, byte[]? value, string reason)
    {
        var state = Shop.NewState();
        Assert.Contains(reason, Shop.Apply(state, new(Shop.Topics.Interactions, name, value, Shop.Now)));
        Assert.Equal(0, state.Version);
    }

    [Fact]
    public void Apply_BadItem_SaysWhy()
    {
        var value = EventCodec.Write(new Item { EventId = "e", ItemId = "i", Time = Shop.At(1), Features = { ["image"] = new FeatureVector { Values = { 1, float.NaN } } } });
        Assert.Contains("features[image]: number 1 is NaN", Shop.Apply(Shop.NewState(), new(Shop.Topics.Items, "i", value, Shop.Now)));
    }

    [Fact]
    public void Apply_TombstoneOfAnItem_DeletesIt()
    {
        var state = Shop.Build([Shop.Describe("i", 10, "a"), new(Shop.Topics.Items, "i", null, Shop.At(20).ToDateTimeOffset())]);
        Assert.Equal(0, state.ActiveItems);
    }

    [Fact]
    public void Apply_TimeAheadOfTheRecord_IsRefusedWhateverTheClockSays()
    {
        var record = Shop.Touch("u", "i", 0, "e") with { Written = Shop.At(0).ToDateTimeOffset() - TimeSpan.FromDays(2) };
        Assert.Contains("ahead of the clock", Shop.Apply(Shop.NewState(), record));
    }
}
