using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs.UnitTests;

public class FeaturePreprocessingTests
{
    [Fact]
    public void Apply_CenteredL2_CentresOverPresentItemsAndScalesRows()
    {
        var features = ModalityFeatures.FromFloats("f", 2, [1, 5, 99, 99, 3, 1], [true, false, true]);
        var prepared = FeaturePreprocessing.Apply(features, GraphSettings.CenteredL2, [0, 1, 2]);
        // Means are 2 and 3: rows (-1, 2) and (1, -2).
        Assert.Equal([-0.4472136f, 0.8944272f, 0, 0, 0.4472136f, -0.8944272f], Assert.Single(prepared.Blocks));
    }

    [Fact]
    public void Apply_OneItem_IsZero() =>
        Assert.Equal([0, 0], FeaturePreprocessing.Apply(ModalityFeatures.FromFloats("f", 2, [3, 4], [true]), GraphSettings.CenteredL2, [0])[0].ToArray());

    [Fact]
    public void Apply_None_LeavesTheValues()
    {
        var features = new ModalityFeatures("f", 2, [ItemVector.Exact([3f, 4]), default, ItemVector.Exact([(Half)5, (Half)6])]);
        Assert.Equal([3, 4, 0, 0, 5, 6], Assert.Single(FeaturePreprocessing.Apply(features, GraphSettings.None, [0, 1, 2]).Blocks));
    }

    [Fact]
    public void Apply_UnknownName_NamesTheChoices()
    {
        var e = Assert.Throws<ArgumentException>(() => FeaturePreprocessing.Apply(ModalityFeatures.FromFloats("f", 2, [3, 4], [true]), "whitened", [0]));
        Assert.Contains("whitened", e.Message);
        Assert.Contains(GraphSettings.CenteredL2, e.Message);
    }
}
