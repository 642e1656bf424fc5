using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Datasets.UnitTests.Csv;

public sealed class CsvFolderReaderTests : IDisposable
{
    private const string Log = "user,item,rating,timestamp\nann,3,4,1400000005\nbob,0,5,1400000001\nann,0,1,1400000003\n";
    private static readonly ImportOptions Options = new() { User = "user", Item = "item" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("events.csv", ',')]
    [InlineData("events.tsv", '\t')]
    public void Read_LogWithFeatures_RowIIsOfItemI(string name, char delimiter)
    {
        _folder.Write(name, Log.Replace(',', delimiter));
        WriteFeatures("text_feat.npy", 5);

        var dataset = DatasetReader.Read(_folder.Path, Options);

        Assert.Equal(Path.GetFileName(_folder.Path), dataset.Name);
        Assert.Equal(["ann", "bob"], dataset.UserIds!);
        Assert.Equal(["0", "1", "2", "3", "4"], dataset.ItemIds!);
        Assert.Equal((2, 5), (dataset.UserCount, dataset.ItemCount));
        Assert.Equal([3, 0, 0], dataset.Train.Items);
        Assert.Equal([1400000005000, 1400000001000, 1400000003000], dataset.Train.Times!);
        Assert.Equal([3f], Assert.Single(dataset.Features).ToFloats(3));
    }

    [Fact]
    public void Read_SameEventsAsInter_IsTheSameButForNames()
    {
        using var other = new TemporaryFolder();
        _folder.Write("events.csv", "user,item,timestamp\n1,3,1400000005\n0,0,1400000001\n1,0,1400000003\n");
        other.Write("events.inter", "userID\titemID\ttimestamp\tx_label\n1\t3\t1400000005\t0\n0\t0\t1400000001\t0\n1\t0\t1400000003\t0\n");
        WriteFeatures("text_feat.npy", 5);
        File.Copy(_folder.File("text_feat.npy"), other.File("text_feat.npy"));

        var (log, inter) = (DatasetReader.Read(_folder.Path, Options), DatasetReader.Read(other.Path));

        Assert.Equal(Rows(inter), Rows(log).Select(row => ($"u{row.User}", $"i{row.Item}", row.Time)));
        for (var item = 0; item < 5; item++)
            Assert.Equal(inter.Features[0].ToFloats(item), log.Features[0].ToFloats(item));

        static IEnumerable<(string User, string Item, long Time)> Rows(Dataset data) => Enumerable.Range(0, data.Train.Count)
            .Select(row => (data.UserId(data.Train.Users[row]), data.ItemId(data.Train.Items[row]), data.TimeOf(Split.Train, row)));
    }

    [Fact]
    public void Read_LogAlone_KeepsItsIds()
    {
        _folder.Write("events.csv", "user,item\nann,tent\n");

        Assert.Equal(["tent"], DatasetReader.Read(_folder.Path, Options).ItemIds!);
    }

    [Theory]
    [InlineData("tent")]
    [InlineData("-1")]
    [InlineData("007")]
    [InlineData("2147483647")]
    public void Read_ItemThatIsNoRow_IsRefusedWithTheId(string id)
    {
        var path = _folder.Write("events.csv", $"user,item\nann,0\nann,{id}\n");
        WriteFeatures("text_feat.npy", 5);

        var message = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path, Options)).Message;

        Assert.Contains($"{path} has an item \"{id}\"", message, StringComparison.Ordinal);
        Assert.Contains("text_feat.npy", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ItemsFromOne_SaysThatTheyCountFromZero()
    {
        _folder.Write("events.csv", "user,item\nann,1\nann,2\n");
        WriteFeatures("text_feat.npy", 2);

        var message = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path, Options)).Message;

        Assert.Contains("2 rows; the interactions name item 2, and row i is item i", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoLogs_NamesBoth()
    {
        _folder.Write("items.tsv", Log);
        _folder.Write("events.csv.gz", Log);

        var message = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Path)).Message;

        Assert.Contains("2 files that could hold the interactions (events.csv.gz, items.tsv); name one", message, StringComparison.Ordinal);
    }

    private void WriteFeatures(string name, int rows) =>
        Npy.Write(_folder.File(name), "<f4", $"({rows}, 1)", [.. Enumerable.Range(0, rows).Select(row => (float)row)]);
}
