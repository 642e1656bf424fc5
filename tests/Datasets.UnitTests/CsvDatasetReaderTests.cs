using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Datasets.UnitTests;

public sealed class CsvDatasetReaderTests : IDisposable
{
    private static readonly CsvColumns Columns = new() { User = "user", Item = "item" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Gzipped_KeepsIdsTimesAndTypes()
    {
        var path = _folder.File("log.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionMode.Compress))
            gzip.Write("when,user,what,item\n1541599523,ann,Clickout item,77\n1541599524500,bob,view,12\n2018-11-07T14:05:25Z,ann,,12\n"u8);

        var dataset = DatasetReader.Read(path, Columns with { Time = "when", Type = "what" });

        Assert.Equal("log", dataset.Name);
        Assert.Equal([0, 1, 0], dataset.Train.Users);
        Assert.Equal([0, 1, 1], dataset.Train.Items);
        Assert.Equal(("bob", "77"), (dataset.UserId(1), dataset.ItemId(0)));
        Assert.Equal([1541599523000, 1541599524500, 1541599525000], dataset.Train.Times!);
        Assert.Equal(["clickout-item", "view", Dataset.DefaultType], dataset.Train.Types!);
    }

    [Fact]
    public void Read_QuotedFields_AreUnquoted()
    {
        var path = _folder.Write("log.csv", "user,city,item\r\n\"a,b\",\"Marseille,\nFrance\",\"x\"\"y\"\r\nc,,z");

        var dataset = DatasetReader.Read(path, Columns);

        Assert.Equal(["a,b", "c"], dataset.UserIds!);
        Assert.Equal(["x\"y", "z"], dataset.ItemIds!);
    }

    [Fact]
    public void Read_RowsThatDoNotCount_AreLeftOutAndCounted()
    {
        var path = _folder.Write("log.csv", "user,kind,item\na,click,1\na,search,Rome\na,click,\n,click,2\nb,view,3\nb,click,4\n");

        var dataset = DatasetReader.Read(path, Columns with { Where = [new("kind", "click")], ItemPattern = "[0-9]" });

        Assert.Equal(["1", "4"], dataset.ItemIds!);
        Assert.Equal(["2 rows do not have what --where asks for: left out.", "1 rows have no user id in user: left out.", "1 rows have no item id in item: left out."], dataset.Notes);
    }

    [Theory]
    [InlineData("user,thing\na,b\n", "no column item")]
    [InlineData("", "is empty")]
    [InlineData("user,item\na,b\nc\n", "line 3 has 1 fields")]
    [InlineData("user,item\na,\"b\n", "line 2: a quoted field is not closed")]
    [InlineData("user,item\n\"x\ny\",1\n\"a\"b,c\n", "line 4: 'b' follows a closing quote")]
    public void Read_SomethingElse_NamesTheLine(string text, string reason)
    {
        var path = _folder.Write("log.csv", text);

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Columns));

        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Read_BadTime_NamesTheLine()
    {
        var path = _folder.Write("log.csv", "user,item,t\na,b,yesterday\n");

        Assert.Contains("line 2: t is \"yesterday\"", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Columns with { Time = "t" })).Message);
    }

    [Fact]
    public void Read_NotGzip_IsRefused()
    {
        var path = _folder.Write("log.csv.gz", "user,item\na,b\n");

        Assert.Contains(path, Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Columns)).Message);
    }

    [Fact]
    public void Read_WithoutColumns_SaysWhichFlags()
    {
        var path = _folder.Write("log.csv", "user,item\n");

        Assert.Contains("--user-column", Assert.Throws<DatasetException>(() => DatasetReader.Read(path)).Message);
    }

    [Fact]
    public void Read_BadPattern_SaysSo()
    {
        var path = _folder.Write("log.csv", "user,item\na,b\n");

        Assert.Contains("not a regular expression", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Columns with { ItemPattern = "(" })).Message);
    }
}
