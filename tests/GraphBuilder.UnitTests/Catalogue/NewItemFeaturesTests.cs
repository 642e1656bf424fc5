using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Catalogue;

public class NewItemFeaturesTests
{
    // 4 numbers in half precision, a name of 4 letters, and 12.
    private const int OneVector = 8 + 4 + 12;

    private static readonly ItemState Described = new()
    {
        Time = 1,
        Features = [new("look", ItemVector.Compact([1, 2, 3, 4])), new("text", ItemVector.Compact([1e-9f]))],
    };

    [Fact]
    public void Take_SomeModalities_AreTheEncodersInItsOrderWithThoseThatTheItemHasNot()
    {
        var features = new NewItemFeatures(1000);
        features.Restart(["text", "image", "look"]);

        var taken = features.Take(3, Described);

        Assert.Equal([("text", 2u, 4), ("image", 0u, 0), ("look", 1u, 8)], taken.Select(f => (f.Modality, f.Form, f.Numbers.Length)));
        Assert.Equal([3], features.Items);
    }

    [Fact]
    public void Take_NoEncoderOrNoVectorForIt_IsNone()
    {
        var features = new NewItemFeatures(1000);

        Assert.Empty(features.Take(1, Described));
        features.Restart(["image"]);
        Assert.Empty(features.Take(1, Described));
        Assert.Equal((0, false), (features.Items.Count, features.IsFull));
    }

    [Fact]
    public void Take_NoRoom_IsNoneUntilSomeIsFree()
    {
        var features = new NewItemFeatures(2 * OneVector);
        features.Restart(["look"]);
        Assert.NotEmpty(features.Take(1, Described));
        Assert.NotEmpty(features.Take(2, Described));
        // What it has does not count twice.
        Assert.NotEmpty(features.Take(2, Described));
        Assert.False(features.IsFull);

        Assert.Empty(features.Take(3, Described));
        Assert.True(features.IsFull);
        features.Release(1);
        features.Release(1);
        Assert.NotEmpty(features.Take(3, Described));
        Assert.Empty(features.Take(1, Described));
        features.Restart(["look"]);
        Assert.Equal((0, false), (features.Items.Count, features.IsFull));
    }
}
