using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Events;

public class EventRulesTests
{
    private static readonly Timestamp Time = Timestamp.FromDateTimeOffset(Samples.Now);

    public static TheoryData<string, Action<Interaction>> BadInteractions => new()
    {
        { "event_id: is empty", e => e.EventId = "" },
        { "event_id: has 129 bytes; at most 128", e => e.EventId = new('e', 129) },
        { "user_id: is empty", e => e.UserId = "" },
        { "user_id: has 258 bytes; at most 256", e => e.UserId = new('ü', 129) },
        { "user_id: has a control character (U+000A) at position 1", e => e.UserId = "a\nb" },
        { "item_id: is empty", e => e.ItemId = "" },
        { "type: has 0 characters; 1 to 32", e => e.Type = "" },
        { "type: has 33 characters; 1 to 32", e => e.Type = new('a', 33) },
        { "type: \"Click\" has a 'C'; only a-z, 0-9, '_' and '-'", e => e.Type = "Click" },
        { "weight: is 0; above 0 and at most 1000", e => e.Weight = 0 },
        { "weight: is NaN; above 0 and at most 1000", e => e.Weight = float.NaN },
        { "weight: is 1001; above 0 and at most 1000", e => e.Weight = 1001 },
        { "time: is missing", e => e.Time = null },
        { "time: is 1 s before 1970", e => e.Time = new() { Seconds = -1 } },
        { "time: has 1000000000 nanoseconds; 0 to 999999999", e => e.Time = new() { Seconds = 1, Nanos = 1_000_000_000 } },
        { "time: is 86401 s ahead of the clock; at most 86400", e => e.Time = new() { Seconds = Time.Seconds + 86_401 } },
        { "session_id: has 257 bytes; at most 256", e => e.SessionId = new('s', 257) },
        { "attributes: 33 attributes; at most 32", e => e.Attributes.Add(Enumerable.Range(0, 33).ToDictionary(i => $"k{i}", _ => "v")) },
        { "attributes: has 65 bytes; at most 64", e => e.Attributes.Add(new string('k', 65), "v") },
        { "attributes[k]: has 1025 bytes; at most 1024", e => e.Attributes.Add("k", new string('v', 1025)) },
    };

    public static TheoryData<string, Action<Item>> BadItems => new()
    {
        { "item_id: is empty", i => i.ItemId = "" },
        { "time: is missing", i => i.Time = null },
        { "features: 9 modalities; at most 8", i => i.Features.Add(Enumerable.Range(0, 9).ToDictionary(m => $"m{m}", _ => Vector(1))) },
        { "features[Image]: \"Image\" has a 'I'; only a-z, 0-9, '_' and '-'", i => i.Features.Add("Image", Vector(1)) },
        { "features[image]: 0 numbers; 1 to 8192", i => i.Features.Add("image", Vector()) },
        { "features[image]: 8193 numbers; 1 to 8192", i => i.Features.Add("image", Vector(new float[8193])) },
        { "features[image]: number 1 is Infinity; all must be finite", i => i.Features.Add("image", Vector(0, float.PositiveInfinity)) },
        { "categories: 33 categories; at most 32", i => i.Categories.Add(Enumerable.Range(0, 33).Select(c => $"c{c}")) },
        { "categories: is empty", i => i.Categories.Add("") },
        { "categories: has 129 bytes; at most 128", i => i.Categories.Add(new string('c', 129)) },
    };

    [Theory]
    [MemberData(nameof(BadInteractions))]
    public void Check_BadInteraction_NamesFieldValueAndLimit(string violation, Action<Interaction> spoil)
    {
        var interaction = Interaction();
        spoil(interaction);
        Assert.Equal(violation, EventRules.Check(interaction, Samples.Now)?.ToString());
    }

    [Theory]
    [MemberData(nameof(BadItems))]
    public void Check_BadItem_NamesFieldValueAndLimit(string violation, Action<Item> spoil)
    {
        var item = Item();
        spoil(item);
        Assert.Equal(violation, EventRules.Check(item, Samples.Now)?.ToString());
    }

    [Fact]
    public void Check_AtTheLimits_IsFine()
    {
        var interaction = Interaction();
        interaction.EventId = new('e', 128);
        interaction.UserId = new('ü', 128);
        interaction.Type = new('a', 32);
        interaction.Weight = 1000;
        interaction.Time = new() { Seconds = Time.Seconds + 86_400 };
        interaction.SessionId = new('s', 256);
        interaction.Attributes.Add(Enumerable.Range(0, 32).ToDictionary(i => new string('k', 62) + $"{i:00}", _ => new string('v', 1024)));
        Assert.Null(EventRules.Check(interaction, Samples.Now));

        var item = Item();
        item.Features.Add(Enumerable.Range(0, 8).ToDictionary(m => $"m{m}", _ => Vector(new float[8192])));
        item.Categories.Add(Enumerable.Range(0, 32).Select(c => new string('c', 126) + $"{c:00}"));
        Assert.Null(EventRules.Check(item, Samples.Now));
    }

    [Fact]
    public void Check_DeletionOrErasureWithoutId_NamesIt()
    {
        Assert.Equal("item_id", EventRules.Check(new ItemDeletion { EventId = "e", Time = Time }, Samples.Now)?.Field);
        Assert.Equal("user_id", EventRules.Check(new UserErasure { EventId = "e", Time = Time }, Samples.Now)?.Field);
        Assert.Equal("time", EventRules.Check(new UserErasure { EventId = "e", UserId = "u" }, Samples.Now)?.Field);
    }

    private static Interaction Interaction() => new() { EventId = "e", UserId = "u", ItemId = "i", Type = "click", Time = Time.Clone() };

    private static Item Item() => new() { EventId = "e", ItemId = "i", Time = Time.Clone() };

    private static FeatureVector Vector(params float[] values) => new() { Values = { values } };
}
