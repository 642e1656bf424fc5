using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Datasets.UnitTests;

public sealed class InterDatasetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_LabelsAndTimes_FillTheSplits()
    {
        _folder.Write("baby.inter", "userID\titemID\trating\ttimestamp\tx_label\n0\t1\t5.0\t1400000000\t0\n1\t0\t3.0\t1400000001\t1\n0\t2\t4.0\t1400000002\t2\n1\t1\t1.0\t1400000003\t0\n");
        Npy.Write(_folder.File("image_feat.npy"), "<f8", "(3, 1)", [1.0, 2, 3]);

        var dataset = DatasetReader.Read(_folder.Path);

        Assert.Equal("baby", dataset.Name);
        Assert.Equal((2, 3), (dataset.UserCount, dataset.ItemCount));
        Assert.Equal([0, 1], dataset.Train.Users);
        Assert.Equal([1, 1], dataset.Train.Items);
        Assert.Equal([1400000000000, 1400000003000], dataset.Train.Times!);
        Assert.Equal(1400000002000, dataset.TimeOf(Split.Test, 0));
        Assert.Equal(1, dataset.Valid.Count);
        Assert.Equal("image", Assert.Single(dataset.Features).Name);
    }

    [Fact]
    public void Read_NoTimestampsAndWindowsLineEnds_IsRead()
    {
        var path = _folder.Write("x.inter", "x_label\titemID\tuserID\r\n0\t7\t3\r\n\r\n");

        var dataset = DatasetReader.Read(path);

        Assert.Equal((4, 8), (dataset.UserCount, dataset.ItemCount));
        Assert.Null(dataset.Train.Times!);
    }

    [Theory]
    [InlineData("userID\titemID\n0\t1\n", "x_label")]
    [InlineData("", "is empty")]
    [InlineData("userID\titemID\tx_label\n0\t1\t3\n", "line 2: x_label is \"3\"")]
    [InlineData("userID\titemID\tx_label\n0\t1\t0\n0\ta\t0\n", "line 3: itemID is \"a\"")]
    [InlineData("userID\titemID\tx_label\n-1\t1\t0\n", "line 2: userID is \"-1\"")]
    [InlineData("userID\titemID\tx_label\n0\t1\n", "line 2: has 2 fields")]
    [InlineData("userID\titemID\ttimestamp\tx_label\n0\t1\tsoon\t0\n", "line 2: timestamp is \"soon\"")]
    public void Read_Malformed_NamesTheFileAndTheLine(string text, string reason)
    {
        var path = _folder.Write("x.inter", text);

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path));

        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("2000000000\t1", "user 2000000000")]
    [InlineData("1\t87654321", "item 87654321")]
    public void Read_IdsThatAreNotDense_AreRefusedBeforeAnythingIsAllocatedForThem(string pair, string what)
    {
        var path = _folder.Write("x.inter", $"userID\titemID\tx_label\n0\t0\t0\n{pair}\t0\n");

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path));

        Assert.Contains($"{path} names {what} in 2 rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UsersWithoutARow_AreThere() =>
        Assert.Equal(900_001, DatasetReader.Read(_folder.Write("x.inter", "userID\titemID\tx_label\n900000\t1\t0\n")).UserCount);

    [Fact]
    public void Read_BadRowsWithinTheLimit_AreLeftOutAndReported()
    {
        var path = _folder.Write("x.inter", """
            userID	itemID	timestamp	x_label
            0	1	1400000000	0
            0	1	1400000000
            a	1	1400000000	0
            0	-1	1400000000	0
            1	2	1400000001	3
            1	2	soon	0
            1	0	1400000002	1
            """);

        var dataset = DatasetReader.Read(path, new() { MaxBadRows = 5 });
        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, new() { MaxBadRows = 4 }));

        Assert.Equal((0, 1), (Assert.Single(dataset.Train.Users), Assert.Single(dataset.Train.Items)));
        Assert.Equal((1, 0), (Assert.Single(dataset.Valid.Users), Assert.Single(dataset.Valid.Items)));
        Assert.Equal([1400000002000], dataset.Valid.Times!);
        Assert.Equal(7, dataset.Import!.Rows);
        Assert.Equal(
            [("have another number of fields", 1), ("have a bad user id", 1), ("have a bad item id", 1), ("belong to no part", 1), ("have a time that can't be read", 1)],
            dataset.Import.Bad);
        Assert.Equal("line 4: userID is \"a\"; ids are whole numbers, dense, from 0", dataset.Import.FirstBad[1]);
        Assert.Contains("more than 4 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 7: timestamp is \"soon\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_IsRefusedWithThePlace()
    {
        File.WriteAllBytes(_folder.File("x.inter"), [.. "userID\titemID\tx_label\tcity\n0\t1\t0\tOrl"u8, 0xE9, .. "ans\n"u8]);

        Assert.Contains("line 2, column 10: 0xE9 is not UTF-8", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
        Assert.Equal(1, DatasetReader.Read(_folder.Path, new() { Encoding = "iso-8859-1" }).Train.Count);
    }

    [Fact]
    public void Read_TwoFilesInAFolder_IsRefused()
    {
        _folder.Write("a.inter", "");
        _folder.Write("b.inter", "");

        Assert.Contains("name one", Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message);
    }
}
