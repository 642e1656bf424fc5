using System.ComponentModel.DataAnnotations;
using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

/// <summary>What is kept of the attributes that shops send with items.</summary>
public class ItemAttributesTests
{
    [Fact]
    public void Item_WithAttributes_KeepsThoseThatAreConfigured()
    {
        var state = GraphStates.Of([Describe("tent", ("title", "Tent"), ("weight", "2 kg"), ("image_url", "/tent.jpg")), Describe("plain")]);

        Assert.Equal(["plain:", "tent: image_url=/tent.jpg title=Tent"], GraphStates.Attributes(state));
    }

    [Fact]
    public void Item_SentAgain_HasTheAttributesOfTheLastOne()
    {
        var state = GraphStates.Of([Describe("tent", ("title", "Tent"), ("image_url", "/tent.jpg"))]);
        GraphStates.Apply(state, Describe("tent", ("title", "Little tent")));
        Assert.Equal(["tent: title=Little tent"], GraphStates.Attributes(state));

        GraphStates.Apply(state, Describe("tent"));
        Assert.Equal(["tent:"], GraphStates.Attributes(state));
    }

    [Fact]
    public void Item_DeletedAndSentAgain_DoesNotGetThemBack()
    {
        ShopRecord[] records = [Describe("tent", ("title", "Tent")), ShopRecord.Delete("tent", 5), Describe("tent")];

        Assert.Equal(["tent:"], GraphStates.Attributes(GraphStates.Of(records)));
    }

    [Fact]
    public void State_CompactedOrDeliveredTwice_HasTheSameAttributes() =>
        Prop.ForAll<int, int>((seed, order) =>
        {
            var records = RandomShop.Records(seed);
            var whole = GraphStates.Attributes(GraphStates.Of(records));
            var compacted = records.Where(r => r.IsItem).GroupBy(r => r.Key).Select(g => g.Last());
            Assert.Equal(whole, GraphStates.Attributes(GraphStates.Of(compacted)));
            Assert.Equal(whole, GraphStates.Attributes(GraphStates.Of(Delivery.Of(records, order))));
            Assert.Contains(whole, line => line.Contains("title=", StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Snapshot_OfItemsWithAttributes_IsThatOfItemsWithout()
    {
        var touch = ShopRecord.Touch("u", "tent", 1, "e");

        Assert.Equal(GraphStates.Hash(GraphStates.Of([Describe("tent"), touch])), GraphStates.Hash(GraphStates.Of([Describe("tent", ("title", "Tent")), touch])));
    }

    [Fact]
    public void Options_ByDefault_KeepTitleAndPicture() => Assert.Equal(["image_url", "title"], new AttributeNames(new GraphBuilderOptions().ItemAttributes).All);

    [Theory]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    [InlineData("title, title ,price", "price title")]
    public void Names_Listed_AreEachOnce(string list, string names)
    {
        Assert.Null(AttributeNames.Check(list));
        Assert.Equal(names, string.Join(' ', new AttributeNames(list).All));
    }

    public static TheoryData<string, string> BadLists => new()
    {
        { string.Join(',', Enumerable.Range(0, 33).Select(i => $"a{i}")), "names 33 attributes; an item has at most 32." },
        { "title," + new string('x', 65), "has 65 bytes; at most 64." },
        { "ti\ttle", "has a control character (U+0009) at position 2." },
    };

    [Theory]
    [MemberData(nameof(BadLists))]
    public void Options_NamesThatNoAttributeCanHave_AreRefused(string list, string message)
    {
        var options = new GraphBuilderOptions { ItemAttributes = list };
        var results = new List<ValidationResult>();

        Assert.False(Validator.TryValidateObject(options, new(options), results, validateAllProperties: true));
        Assert.StartsWith($"GraphBuilder:ItemAttributes is \"{list}\": ", Assert.Single(results).ErrorMessage);
        Assert.EndsWith(message, results[0].ErrorMessage);
    }

    private static ShopRecord Describe(string item, params (string Name, string Value)[] attributes) => ShopRecord.Describe(new Item
    {
        EventId = "e",
        ItemId = item,
        Time = ShopRecord.At(1),
        Attributes = { attributes.ToDictionary(a => a.Name, a => a.Value) },
    });
}
