using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Datasets.UnitTests;

public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadIntegers_Int32AndInt64_AreRead()
    {
        Npy.Write(_folder.File("a.npy"), "<i4", "(2, 3)", [1, 2, 3, 4, 5, 6]);
        Npy.Write(_folder.File("b.npy"), "<i8", "(2, 3)", [1L, 2, 3, 4, 5, 6]);

        foreach (var name in new[] { "a.npy", "b.npy" })
        {
            var (rows, columns, values) = NpyFile.ReadIntegers(_folder.File(name));
            Assert.Equal((2, 3), (rows, columns));
            Assert.Equal([1, 2, 3, 4, 5, 6], values);
        }
    }

    [Fact]
    public void ReadRows_EveryPrecision_IsKept()
    {
        Npy.Write(_folder.File("a.npy"), "<f2", "(2, 2)", [(Half)1.5f, (Half)(-2), (Half)0, (Half)65504]);
        Npy.Write(_folder.File("b.npy"), "<f4", "(2, 2)", [1.5f, -2, 0, 65504]);
        Npy.Write(_folder.File("c.npy"), "<f8", "(2, 2)", [1.5, -2, 0, 65504]);

        foreach (var (name, form) in new[] { ("a.npy", VectorForm.Half), ("b.npy", VectorForm.Full), ("c.npy", VectorForm.Full) })
        {
            var (columns, rows) = NpyFile.ReadRows(_folder.File(name));
            var features = new ModalityFeatures(name, columns, rows);
            Assert.Equal([1.5f, -2], features.ToFloats(0));
            Assert.Equal([0, 65504], features.ToFloats(1));
            Assert.Equal(form, features[1].Form);
        }
    }

    [Fact]
    public void ReadRows_LongerThanOneChunk_IsWhole()
    {
        var values = Enumerable.Range(0, 700_001).Select(i => (double)i).ToArray();
        Npy.Write(_folder.File("a.npy"), "<f8", "(700001, 1)", values);

        var (columns, rows) = NpyFile.ReadRows(_folder.File("a.npy"));
        var read = new ModalityFeatures("a", columns, rows);

        Assert.Equal(values.Length, read.Items);
        for (var i = 0; i < read.Items; i++)
            Assert.Equal(i, read.ToFloats(i)[0]);
    }

    [Fact]
    public void ReadRows_MoreThanTheFileHas_IsRefusedBeforeAnythingIsAllocated()
    {
        Npy.Write(_folder.File("a.npy"), "<f2", "(2000000000, 2000000000)", [(Half)1]);

        Assert.Contains("takes 8000000000000000000", Assert.Throws<DatasetException>(() => NpyFile.ReadRows(_folder.File("a.npy"))).Message);
    }

    [Fact]
    public void ReadIntegers_Format2_IsRead()
    {
        File.WriteAllBytes(_folder.File("a.npy"), Npy.Bytes("<i4", "(2, 1)", [7, 8], version: 2));

        Assert.Equal([7, 8], NpyFile.ReadIntegers(_folder.File("a.npy")).Values);
    }

    [Theory]
    [InlineData("<u4", "(2, 1)", "<u4")]
    [InlineData(">i4", "(2, 1)", ">i4")]
    [InlineData("<f4", "(2, 1)", "int32")]
    [InlineData("<i4", "(2,)", "two dimensions")]
    [InlineData("<i4", "(1, 2, 1)", "two dimensions")]
    [InlineData("<i4", "()", "two dimensions")]
    [InlineData("<i4", "(2, 2)", "takes 16")]
    [InlineData("<i4", "(1, 1)", "takes 4")]
    [InlineData("<i4", "(3000000000, 2)", "do not fit")]
    [InlineData("<i4", "(2, 9223372036854775807)", "do not fit")]
    [InlineData("<i4", "(-2, 1)", "its shape is")]
    [InlineData("[('a', '<i4')]", "(2, 1)", "[('a', '<i4')]")]
    public void ReadIntegers_AnotherTypeOrShape_IsRefusedByName(string descr, string shape, string reason)
    {
        var path = _folder.File("a.npy");
        Npy.Write(path, descr, shape, [1, 2]);

        var error = Assert.Throws<DatasetException>(() => NpyFile.ReadIntegers(path));

        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void ReadIntegers_FortranOrder_SaysHowToConvertIt()
    {
        File.WriteAllBytes(_folder.File("a.npy"), Npy.Bytes("<i4", "(2, 2)", [1, 2, 3, 4], fortran: true));

        Assert.Contains("ascontiguousarray", Assert.Throws<DatasetException>(() => NpyFile.ReadIntegers(_folder.File("a.npy"))).Message);
    }

    [Fact]
    public void ReadIntegers_TruncatedAnywhere_IsRefused()
    {
        var whole = Npy.Bytes("<i8", "(2, 3)", [1L, 2, 3, 4, 5, 6]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("a.npy"), whole[..length]);
            Assert.Throws<DatasetException>(() => NpyFile.ReadIntegers(_folder.File("a.npy")));
        }
    }

    [Fact]
    public void ReadIntegers_Beyond32Bits_NamesTheNumberAndItsPlace()
    {
        Npy.Write(_folder.File("a.npy"), "<i8", "(2, 2)", [1L, 2, 3_000_000_000, 4]);

        Assert.Contains("3000000000 at row 1, column 0", Assert.Throws<DatasetException>(() => NpyFile.ReadIntegers(_folder.File("a.npy"))).Message);
    }
}
