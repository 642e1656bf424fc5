using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Datasets.UnitTests;

public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TokenFileTests() => Npy.WritePairs(_folder.File("train.npy"), (0, 1));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ThreeDimensions_AreTokensAndTheirMeansAreTheVectors()
    {
        // Item i's token t is (10 i + t, -t).
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(3, 2, 2)", [0f, 0, 1, -1, 10, 0, 11, -1, 20, 0, 21, -1]);
        Npy.Write(_folder.File("image_feat.npy"), "<f4", "(3, 1)", [1f, 2, 3]);

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal(["image", "text"], dataset.Features.Select(f => f.Name));
        Assert.Equal([10.5f, -0.5f], dataset.Features[1].ToFloats(1));
        var tokens = Assert.Single(dataset.Tokens);
        Assert.Equal(("text", 2, 3), (tokens.Name, tokens.PerItem, tokens.Items));
        Assert.Equal([21f, -1], tokens.Rows.ToFloats(5));
        Assert.Contains(dataset.Notes, note => note.StartsWith("text_feat.npy has 2 tokens an item", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("|b1")]
    [InlineData("|u1")]
    [InlineData("<i4")]
    [InlineData("<i8")]
    public void Read_Mask_LeavesTokensOutOfMeansAndSequences(string type)
    {
        // What is masked may be anything.
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(3, 2, 1)", [1f, 3, 5, float.NaN, 9, 9]);
        int[] mask = [1, 1, 1, 0, 0, 0];
        if (type == "<i8")
            Npy.Write(_folder.File("text_mask.npy"), type, "(3, 2)", Array.ConvertAll(mask, m => (long)m));
        else if (type == "<i4")
            Npy.Write(_folder.File("text_mask.npy"), type, "(3, 2)", mask);
        else
            Npy.Write(_folder.File("text_mask.npy"), type, "(3, 2)", Array.ConvertAll(mask, m => (byte)m));

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal([2f], dataset.Features.Single().ToFloats(0));
        Assert.Equal([5f], dataset.Features.Single().ToFloats(1));
        Assert.Equal([true, true, false], dataset.Features.Single().Present);
        Assert.Equal([true, true, true, false, false, false], dataset.Tokens.Single().Rows.Present);
    }

    [Fact]
    public void Read_MaskOfAMatrix_IsNoMask()
    {
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(2, 1)", [1f, 2]);
        Npy.Write(_folder.File("text_mask.npy"), "|b1", "(2, 1)", new byte[2]);

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Empty(dataset.Tokens);
        Assert.Equal([true, true], dataset.Features.Single().Present);
        Assert.Contains(dataset.Notes, note => note.StartsWith("text_mask.npy was left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("(2, 0, 3)", 0, "no tokens")]
    [InlineData("(1, 2, 3)", 6, "1 rows; the interactions name item 1")]
    [InlineData("(2, 3, 0)", 0, "vectors of 0 numbers")]
    [InlineData("(2, 1, 3, 1)", 6, "two dimensions are needed")]
    [InlineData("(2, 1500000000, 1)", 6, "do not fit in memory at once")]
    public void Read_TokensOfAnotherShape_AreRefusedByName(string shape, int numbers, string reason)
    {
        Npy.Write(_folder.File("text_feat.npy"), "<f4", shape, new float[numbers]);

        var message = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message;

        Assert.Contains(_folder.File("text_feat.npy"), message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(2, 2)", 4, "shape (2, 2) and", "a mask of shape (2, 3) is needed")]
    [InlineData("(6,)", 6, "two dimensions", "")]
    [InlineData("(2, 3)", 6, "2 at row 1, column 2; 0 or 1", "")]
    public void Read_MaskOfAnotherShape_IsRefusedByName(string shape, int numbers, string reason, string needed)
    {
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(2, 3, 1)", new float[6]);
        byte[] mask = new byte[numbers];
        mask[^1] = 2;
        Npy.Write(_folder.File("text_mask.npy"), "|u1", shape, shape == "(2, 2)" ? new byte[4] : mask);

        var message = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message;

        Assert.Contains(_folder.File("text_mask.npy"), message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(needed, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TokenThatIsNotFinite_NamesItemAndToken()
    {
        Npy.Write(_folder.File("text_feat.npy"), "<f4", "(2, 2, 2)", [1, 2, 3, 4, 5, 6, 7, float.PositiveInfinity]);

        Assert.Contains("item 1, token 1, column 1", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
