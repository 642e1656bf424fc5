using Google.Protobuf;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class EncodedItemsTests
{
    private static readonly ItemEncoderWeights Weights = RandomItemEncoder.Of(width: 4, [("image", 3), ("text", 2)], heads: 2);

    private static readonly CatalogueFeature Image = CatalogueFeatures.Write("image", ItemVector.Exact([1f, -2f, 0.5f]));
    private static readonly CatalogueFeature Text = CatalogueFeatures.Write("text", ItemVector.Exact([0.25f, 3f]));

    [Fact]
    public void Look_FeaturesInAnyOrder_GivesTheEncodersVector()
    {
        AssertVector(Look(Text, CatalogueFeatures.Write("audio", ItemVector.Exact([1f])), Image), [1, -2, 0.5f], [0.25f, 3]);
        AssertVector(Look(Image, CatalogueFeatures.Write("text", default)), [1, -2, 0.5f], null);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("a modality that is not mentioned")]
    [InlineData("no modality that the item has")]
    [InlineData("another width")]
    [InlineData("another form")]
    [InlineData("no numbers")]
    public void Look_OtherFeatures_HaveNoVector(string what) => Assert.Null(what switch
    {
        "none" => Look(),
        "a modality that is not mentioned" => Look(Image),
        "no modality that the item has" => Look(CatalogueFeatures.Write("image", default), CatalogueFeatures.Write("text", default)),
        "another width" => Look(CatalogueFeatures.Write("image", ItemVector.Exact([1f, 2f])), Text),
        "another form" => Look(new CatalogueFeature(Image) { Form = 9 }, Text),
        _ => Look(new CatalogueFeature(Image) { Numbers = ByteString.CopyFrom([.. Enumerable.Repeat((byte)0xff, 12)]) }, Text),
    });

    [Fact]
    public void Look_Again_KeepsWhatIsTheSameMakesWhatIsNotAndForgetsWhatIsGone()
    {
        var items = new EncodedItems(new ItemEncoder(Weights), TimeSpan.FromMinutes(1));
        var first = items.Look([Item("a", Image, Text), Item("b", Image, Text)]);

        // Read anew, these are other objects.
        var second = items.Look([Item("a", Image.Clone(), Text.Clone()), Item("b", Image, CatalogueFeatures.Write("text", ItemVector.Exact([1f, 1f])))]);
        var third = items.Look([Item("b", Image, Text)]);

        Assert.Same(first["a"], second["a"]);
        AssertVector(second["b"], [1, -2, 0.5f], [1, 1]);
        Assert.Equal(first["b"], third["b"]);
        Assert.Single(third);
        Assert.False(items.HasMore);
    }

    [Fact]
    public void Look_NoTime_MakesOneAndSaysThatThereAreMore()
    {
        var items = new EncodedItems(new ItemEncoder(Weights), TimeSpan.Zero);
        KeyValuePair<string, CatalogueItem>[] all = [Item("a", Image, Text), Item("b"), Item("c", Image, Text), Item("d", Image)];

        Assert.Equal((1, true), (items.Look(all).Count, items.HasMore));
        Assert.Equal((2, true), (items.Look(all).Count, items.HasMore));
        // The last one has none, which is known then too.
        Assert.Equal((2, false), (items.Look(all).Count, items.HasMore));
    }

    [Fact]
    public void LookAt_SomeItems_MakesTheirsKeepsTheOthersAndForgetsWhatIsGone()
    {
        var items = new EncodedItems(new ItemEncoder(Weights), TimeSpan.Zero);
        Assert.Equal(["a"], items.Look([Item("a", Image, Text), Item("b", Image, Text), Item("c", Image, Text)]).Keys);
        Assert.Equal(["b", "c"], items.Waiting.Order());

        // One that waits loses its features, the other gets others.
        Assert.Equal(["b"], items.LookAt([Item("c"), Item("b", Image, CatalogueFeatures.Write("text", ItemVector.Exact([1f, 1f])))]).Keys);
        Assert.False(items.HasMore);
        var made = items.LookAt([Item("a", Image.Clone(), Text.Clone())])["a"];
        items.Forget(["a"]);
        Assert.NotSame(made, items.LookAt([Item("a", Image, Text)])["a"]);
    }

    private static float[]? Look(params CatalogueFeature[] features) =>
        new EncodedItems(new ItemEncoder(Weights), TimeSpan.Zero).Look([Item("a", features)]).GetValueOrDefault("a");

    private static KeyValuePair<string, CatalogueItem> Item(string id, params CatalogueFeature[] features) =>
        KeyValuePair.Create(id, new CatalogueItem { Features = { features } });

    private static void AssertVector(float[]? vector, params float[]?[] features)
    {
        var expected = PlainItemEncoder.Encode(Weights, features);
        Assert.NotNull(vector);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], vector[i], 1e-5);
    }
}
