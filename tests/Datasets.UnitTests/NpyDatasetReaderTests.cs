using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Datasets.UnitTests;

public sealed class NpyDatasetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SplitsAndFeatures_ReadsThemAll()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 0), (1, 2), (0, 1));
        Npy.WritePairs(_folder.File("valid.npy"), (2, 0));
        Npy.WritePairs(_folder.File("test.npy"), (0, 2));
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(4, 1)", [1f, 2, 3, 4]);
        Npy.Write(_folder.File("image_feat.npy"), "<f2", "(4, 2)", Enumerable.Range(0, 8).Select(i => (Half)i).ToArray());

        var dataset = DatasetReader.Read(_folder.Path + "/");

        Assert.Equal(Path.GetFileName(_folder.Path), dataset.Name);
        Assert.Equal((3, 4), (dataset.UserCount, dataset.ItemCount));
        Assert.Equal([0, 1, 0], dataset.Train.Users);
        Assert.Equal([0, 2, 1], dataset.Train.Items);
        Assert.Equal((2, 0), (dataset.Valid.Users[0], dataset.Valid.Items[0]));
        Assert.Equal((0, 2), (dataset.Test.Users[0], dataset.Test.Items[0]));
        Assert.Equal(["image", "text"], dataset.Features.Select(f => f.Name));
        Assert.Equal([4f, 5], dataset.Features[0].ToFloats(2));
        Assert.Equal(("u2", "i3"), (dataset.UserId(2), dataset.ItemId(3)));
        Assert.Empty(dataset.Notes);
    }

    [Fact]
    public void TimeOf_DataWithoutTimes_CountsOnThroughTheSplits()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 0), (1, 2));
        Npy.WritePairs(_folder.File("valid.npy"), (1, 0));
        Npy.WritePairs(_folder.File("test.npy"), (0, 2));

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal(Dataset.Epoch + 1000, dataset.TimeOf(Split.Train, 1));
        Assert.Equal(Dataset.Epoch + 2000, dataset.TimeOf(Split.Valid, 0));
        Assert.Equal(Dataset.Epoch + 3000, dataset.TimeOf(Split.Test, 0));
    }

    [Fact]
    public void Read_WithoutValidAndTest_NotesThatTheyAreEmpty()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 0));

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal((0, 0), (dataset.Valid.Count, dataset.Test.Count));
        Assert.Equal(2, dataset.Notes.Count);
    }

    [Fact]
    public void Read_OtherArrays_AreFeaturesOrAreNoted()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 1));
        Npy.WritePairs(_folder.File("valid.npy"), (0, 1));
        Npy.WritePairs(_folder.File("test.npy"), (0, 1));
        Npy.Write(_folder.File("audio.npy"), "<f4", "(2, 1)", [1f, 2]);
        Npy.Write(_folder.File("user_graph_dict.npy"), "|O", "()", new byte[30]);

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal(["audio"], dataset.Features.Select(f => f.Name));
        Assert.Contains("user_graph_dict.npy", Assert.Single(dataset.Notes));
    }

    [Fact]
    public void Read_TooFewFeatureRows_NamesTheFirstItemWithoutOne()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 5));
        Npy.Write(_folder.File("image_feat.npy"), "<f4", "(5, 1)", new float[5]);

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path));

        Assert.Contains("5 rows", error.Message);
        Assert.Contains("item 5", error.Message);
    }

    [Fact]
    public void Read_ModalitiesOfDifferentLength_NamesBoth()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 1));
        Npy.Write(_folder.File("a_feat.npy"), "<f4", "(2, 1)", new float[2]);
        Npy.Write(_folder.File("b_feat.npy"), "<f4", "(3, 1)", new float[3]);

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path));

        Assert.Contains("a_feat.npy", error.Message);
        Assert.Contains("b_feat.npy", error.Message);
    }

    [Fact]
    public void Read_FeatureThatIsNotFinite_NamesItsPlace()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 1));
        Npy.Write(_folder.File("a_feat.npy"), "<f4", "(2, 2)", [1, 2, 3, float.NaN]);

        Assert.Contains("row 1, column 1", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("(3, 2)", "(2, n)")]
    [InlineData("(1, 6)", "(2, n)")]
    public void Read_PairsOfAnotherShape_AreRefused(string shape, string reason)
    {
        Npy.Write(_folder.File("train.npy"), "<i4", shape, new int[6]);

        Assert.Contains(reason, Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }

    [Fact]
    public void Read_NegativeId_NamesItsPlace()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 1), (0, -3));

        Assert.Contains("-3 at row 1, column 1", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }

    [Fact]
    public void Read_GreatestId_IsRefusedAsNotDense()
    {
        Npy.WritePairs(_folder.File("train.npy"), (0, 1), (int.MaxValue, 3));

        Assert.Contains("names user 2147483647 in 2 rows", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }

    [Fact]
    public void Read_EmptyFolder_NamesTheMissingFile()
    {
        Assert.Contains("train.npy", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }

    [Fact]
    public void Read_MissingPath_IsRefused()
    {
        Assert.Contains("does not exist", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.File("nothing"))).Message);
    }
}
