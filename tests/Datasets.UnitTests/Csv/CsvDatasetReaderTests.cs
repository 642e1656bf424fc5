using System.IO.Compression;
using System.Text;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Datasets.UnitTests.Csv;

public sealed class CsvDatasetReaderTests : IDisposable
{
    private static readonly ImportOptions Options = new() { User = "user", Item = "item" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Gzipped_KeepsIdsTimesAndTypes()
    {
        var path = _folder.File("log.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionMode.Compress))
            gzip.Write("when,user,what,item\n1541599523,ann,Clickout item,77\n1541599524.5,bob,view,12\n1541599525,ann,,12\n"u8);

        var dataset = DatasetReader.Read(path, Options with { Time = "when", Type = "what" });

        Assert.Equal("log", dataset.Name);
        Assert.Equal([0, 1, 0], dataset.Train.Users);
        Assert.Equal([0, 1, 1], dataset.Train.Items);
        Assert.Equal(("bob", "77"), (dataset.UserId(1), dataset.ItemId(0)));
        Assert.Equal([1541599523000, 1541599524500, 1541599525000], dataset.Train.Times!);
        Assert.Equal(["clickout-item", "view", Dataset.DefaultType], dataset.Train.Types!);
    }

    [Theory]
    [InlineData("log.csv")]
    [InlineData("log.csv.gz")]
    [InlineData("log.inter")]
    public void Read_Progress_IsToldOfTheFilesBytes(string name)
    {
        var path = _folder.File(name);
        using (Stream file = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.Create(path), CompressionMode.Compress) : File.Create(path))
            file.Write(name == "log.inter" ? "userID\titemID\tx_label\n0\t0\t0\n0\t1\t0\n"u8 : "user,item\na,x\nb,y\n"u8);
        var progress = new KeptProgress();

        Assert.Equal(2, DatasetReader.Read(path, Options with { Progress = progress.Begin }).Train.Count);

        var step = Assert.Single(progress.Steps);
        Assert.Equal(($"Reading {path}", "bytes", new FileInfo(path).Length, new FileInfo(path).Length), (step.What, step.Unit, step.Total, step.Most));
    }

    [Fact]
    public void Read_QuotedFields_AreUnquoted()
    {
        var path = _folder.Write("log.csv", "user,city,item\r\n\"a,b\",\"Marseille,\nFrance\",\"x\"\"y\"\r\nc,,z");

        var dataset = DatasetReader.Read(path, Options);

        Assert.Equal(["a,b", "c"], dataset.UserIds!);
        Assert.Equal(["x\"y", "z"], dataset.ItemIds!);
    }

    [Fact]
    public void Read_RowsThatAreNotAskedFor_AreLeftOutAndCounted()
    {
        var path = _folder.Write("log.csv", "user,kind,item\na,click,1\na,search,Rome\na,click,Rome\n,click,\nb,view,3\nb,click,4\n");

        var dataset = DatasetReader.Read(path, Options with { Where = [new("kind", "click")], ItemPattern = "[0-9]" });

        Assert.Equal(["1", "4"], dataset.ItemIds!);
        Assert.Equal([("do not have what --where asks for", 2), ("have something in item that is not of --item-pattern", 2)], dataset.Import!.LeftOut);
        Assert.Equal(6, dataset.Import.Rows);
        Assert.Empty(dataset.Import.Bad);
    }

    [Fact]
    public void Read_Any_ReportsHowItWasUnderstood()
    {
        var path = _folder.Write("log.csv", "user;price;item;when;kind\na;1,5;x;2023-01-05;buy\n");

        var import = DatasetReader.Read(path, Options with { Time = "when", Type = "kind" }).Import!;

        Assert.Equal((1, "UTF-8", ';', true, "ISO 8601"), (import.Rows, import.Encoding, import.Delimiter, import.HasHeader, import.TimeForm));
        Assert.Equal([("user", "users"), ("item", "items"), ("when", "times"), ("kind", "types")], import.Used);
        Assert.Equal(["price"], import.Unused);
    }

    [Theory]
    [InlineData("user,thing\na,b\n", "no column item; it has user, thing")]
    [InlineData("", "is empty")]
    [InlineData("user,item\na,b\nc\n", "line 3: has 1 fields; the header has 2")]
    [InlineData("user,item\na,\"b\n", "line 2: a quoted field is not closed")]
    [InlineData("user,item,note\na,1,\"x\ny\"\n\"a\"b,c,\n", "line 4: 'b' follows a closing quote")]
    [InlineData("user,item,user\na,b,c\n", "has 2 columns called user")]
    [InlineData("user,item\n,b\n", "line 2: user is empty: there is no user")]
    [InlineData("user,item\na,\n", "line 2: item is empty: there is no item")]
    [InlineData("user,item\na,Caf\uFFFD\n", "line 2: item is \"Caf\uFFFD\", in which U+FFFD stands for a character that was lost before")]
    [InlineData("user,item\na,x\u0001\n", "line 2: item has a control character (U+0001) at position 1")]
    public void Read_Malformed_NamesTheFileAndTheReason(string text, string reason)
    {
        var path = _folder.Write("log.csv", text);

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options));

        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Read_IdTooLong_SaysSo()
    {
        var path = _folder.Write("log.csv", $"user,item\na,b\na,{new string('x', 300)}\n");

        Assert.Contains("line 3: item has 300 bytes; at most 256", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options)).Message);
    }

    [Fact]
    public void Read_BadRowsWithinTheLimit_AreLeftOutAndReported()
    {
        var path = _folder.Write("log.csv", $"user,item,date\na,x,2023-01-05\n,x,2023-01-05\na,,2023-01-05\na,y,\na,y,09:15\nb\na,{new string('x', 300)},2023-01-05\nb,z,2023-01-06\n");

        var dataset = DatasetReader.Read(path, Options with { MaxBadRows = 6 });
        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options with { MaxBadRows = 5 }));

        Assert.Equal(["x", "z"], dataset.ItemIds!);
        Assert.Equal(
            [("have no user", 1), ("have no item", 1), ("have a time that can't be read", 2), ("have another number of fields", 1), ("have a bad item id", 1)],
            dataset.Import!.Bad);
        Assert.Equal(8, dataset.Import.Rows);
        Assert.Equal(6, dataset.Import.FirstBad.Count);
        Assert.Equal("line 5: date is empty", dataset.Import.FirstBad[2]);
        Assert.Contains("more than 5 rows", error.Message);
        Assert.Contains("line 8: item has 300 bytes", error.Message);
    }

    [Theory]
    [InlineData("user\titem\na\tx\n", '\t')]
    [InlineData("user;item\na;x\n", ';')]
    [InlineData("user|item\na|x\n", '|')]
    [InlineData("user;item;\"a,b\"\na;x;1\n", ';')]
    [InlineData("user;item;price,EUR\na;x;1,5\n", ';')]
    public void Read_DelimiterNotGiven_IsToldFromTheHeader(string text, char delimiter)
    {
        var dataset = DatasetReader.Read(_folder.Write("log.csv", text), Options);

        Assert.Equal(delimiter, dataset.Import!.Delimiter);
        Assert.Equal("x", dataset.ItemId(0));
    }

    [Fact]
    public void Read_DelimiterInDoubt_IsAskedFor()
    {
        var path = _folder.Write("log.csv", "a;x,1\n");
        var columns = new ImportOptions { User = "1", Item = "2", HasHeader = false };

        Assert.Contains("--delimiter \",\" or \";\"", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, columns)).Message);
        Assert.Equal("x,1", DatasetReader.Read(path, columns with { Delimiter = ';' }).ItemId(0));
    }

    [Fact]
    public void Read_NoHeader_TakesColumnsByNumber()
    {
        var path = _folder.Write("log.tsv", "2023-01-05\tann\tx\n2023-01-06\tbob\ty\n");

        var dataset = DatasetReader.Read(path, new() { User = "2", Item = "3", Time = "1", HasHeader = false });

        Assert.Equal(["ann", "bob"], dataset.UserIds!);
        Assert.Equal(["x", "y"], dataset.ItemIds!);
        Assert.Equal(2, dataset.Import!.Rows);
        Assert.Equal(("column 2", "users"), dataset.Import.Used[0]);
        Assert.Contains("from 1 to 3", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, new() { HasHeader = false })).Message);
    }

    [Fact]
    public void Read_RecBolesHeader_GoesByTheNames()
    {
        const string Text = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n186\tx242\t3.0\t881250949\n";

        foreach (var name in new[] { "ml.csv", "ml.inter" })
        {
            var dataset = DatasetReader.Read(_folder.Write(name, Text));

            Assert.Equal(("186", "x242"), (dataset.UserId(0), dataset.ItemId(0)));
            Assert.Equal([881250949000], dataset.Train.Times!);
        }
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("Time")]
    [InlineData("date")]
    [InlineData("ts")]
    public void Read_OneColumnNamedLikeATime_IsUsedAndSaidSo(string name)
    {
        var dataset = DatasetReader.Read(_folder.Write("log.csv", $"user,item,{name}\na,x,2023-05-01T10:00:00Z\n"), Options);

        Assert.Equal([1682935200000], dataset.Train.Times!);
        Assert.Contains($"Times are taken from {name}, by its name", Assert.Single(dataset.Notes));
    }

    [Fact]
    public void Read_TwoColumnsNamedLikeTimes_MakesTimesUpAndSaysSo()
    {
        var dataset = DatasetReader.Read(_folder.Write("log.csv", "user,item,date,time\na,x,2023-05-01,10:00\n"), Options);

        Assert.Null(dataset.Train.Times);
        Assert.Contains("made up", Assert.Single(dataset.Notes));
        Assert.Contains("date and time are named like times", dataset.Notes[0]);
    }

    [Fact]
    public void Read_NoTimes_MakesThemUpWhateverTheFileHas()
    {
        var dataset = DatasetReader.Read(_folder.Write("log.csv", "user,item,date\na,x,soon\n"), Options with { NoTimes = true });

        Assert.Null(dataset.Train.Times);
        Assert.Equal("Times are made up, one second a row from 2020-01-01.", Assert.Single(dataset.Notes));
    }

    [Theory]
    [InlineData("20230105", "--time-format yyyyMMdd", "yyyyMMdd", "2023-01-05T00:00:00Z")]
    [InlineData("05/01/2023 09:00", "--time-format \"dd/MM/yyyy HH:mm\"", "dd/MM/yyyy HH:mm", "2023-01-05T09:00:00Z")]
    [InlineData("12/03/2023 10:00", "is the day first or the month?", "dd/MM/yyyy HH:mm", "2023-03-12T10:00:00Z")]
    [InlineData("44931.375", "--time-format excel", "excel", "2023-01-05T09:00:00Z")]
    public void Read_TimeThatCanBeReadInTwoWays_IsRefusedUntilItsFormIsNamed(string cell, string advice, string format, string meant)
    {
        var path = _folder.Write("log.csv", $"user,item,date\n1,A,{cell}\n");

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options with { Time = "date" }));
        var dataset = DatasetReader.Read(path, Options with { Time = "date", TimeFormat = format });

        Assert.Contains($"line 2: date is \"{cell}\"", error.Message);
        Assert.Contains(advice, error.Message);
        Assert.Equal(DateTimeOffset.Parse(meant, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(dataset.Train.Times![0]));
    }

    [Fact]
    public void Read_TimeWithoutDate_IsRefused() =>
        Assert.Contains("line 2: date is \"09:15:00\", a time without its date", Assert.Throws<DatasetException>(
            () => DatasetReader.Read(_folder.Write("log.csv", "user,item,date\n1,A,09:15:00\n"), Options with { Time = "date" })).Message);

    [Fact]
    public void Read_EmptyTime_IsABadRowLikeAnyOther()
    {
        var path = _folder.Write("log.csv", "user,item,date\n1,A,2023-01-05 10:00:00\n1,B,\n2,A,2023-01-07\n");

        var dataset = DatasetReader.Read(path, Options with { Time = "date", MaxBadRows = 1 });

        Assert.Equal(2, dataset.Train.Count);
        Assert.Equal("line 3: date is empty", Assert.Single(dataset.Import!.FirstBad));
    }

    [Fact]
    public void Read_NotUtf8_IsRefusedWithThePlaceAndReadWithItsEncoding()
    {
        var path = _folder.File("latin1.csv");
        // As Excel's "CSV" has it, in Windows-1252: seven titles, of which a reader that puts U+FFFD makes four.
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("user,item\nu1,Amélie\nu1,Amelie\nu2,Amèlie\nu2,Señorita\nu3,Seëorita\nu3,Café\nu4,Cafè\n"));

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options));
        var dataset = DatasetReader.Read(path, Options with { Encoding = "windows-1252" });

        Assert.StartsWith($"{path}, line 2, column 6: 0xE9 is not UTF-8.", error.Message);
        Assert.Contains("--encoding windows-1252", error.Message);
        Assert.Equal(["Amélie", "Amelie", "Amèlie", "Señorita", "Seëorita", "Café", "Cafè"], dataset.ItemIds!);
        Assert.Equal("windows-1252", dataset.Import!.Encoding);
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("gb18030", false)]
    [InlineData("shift_jis", false)]
    public void Read_OtherEncodings_ByMarkOrByName(string name, bool marked)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var path = _folder.File("log.csv");
        File.WriteAllBytes(path, [.. marked ? encoding.GetPreamble() : [], .. encoding.GetBytes("user,item\n田中,りんご\n")]);

        var dataset = DatasetReader.Read(path, Options with { Encoding = marked ? null : name });

        Assert.Equal(("田中", "りんご"), (dataset.UserId(0), dataset.ItemId(0)));
    }

    [Theory]
    [InlineData("utf-9", "There is no encoding \"utf-9\"")]
    [InlineData("windows-1252", "begins with the mark of UTF-8; --encoding says windows-1252")]
    public void Read_EncodingThatCantBe_IsRefused(string name, string reason)
    {
        var path = _folder.File("log.csv");
        File.WriteAllText(path, "user,item\na,b\n", Encoding.UTF8);

        Assert.Contains(reason, Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options with { Encoding = name })).Message);
    }

    [Theory]
    [InlineData("a,\xC3", "line 2, column 3")]
    [InlineData("a,b\n\n\"x\ny\",\xFF", "line 5, column 4: 0xFF")]
    public void Read_InvalidBytesAnywhere_NamesLineAndColumn(string rows, string place)
    {
        var path = _folder.File("log.csv");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes($"user,item\n{rows}"));

        Assert.Contains(place, Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options)).Message);
    }

    [Fact]
    public void Read_NotGzip_IsRefused()
    {
        var path = _folder.Write("log.csv.gz", "user,item\na,b\n");

        Assert.Contains(path, Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options)).Message);
    }

    [Fact]
    public void Read_ColumnsOfOtherNames_NamesTheFlags()
    {
        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(_folder.Write("log.csv", "user,item\n")));

        Assert.Contains("--user-column", error.Message);
    }

    [Fact]
    public void Read_InvalidPattern_IsRefused()
    {
        var path = _folder.Write("log.csv", "user,item\na,b\n");

        Assert.Contains("not a regular expression", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options with { ItemPattern = "(" })).Message);
    }

    [Fact]
    public void Read_PatternThatTriesForEver_IsRefused()
    {
        var path = _folder.Write("log.csv", $"user,item\na,{new string('a', 60)}!\n");

        Assert.Contains("Write --item-pattern so", Assert.Throws<DatasetException>(() => DatasetReader.Read(path, Options with { ItemPattern = "(a+)+" })).Message);
    }

    [Fact]
    public void Items_OfAFileWithoutFeatures_AreNotDescribed()
    {
        var dataset = DatasetReader.Read(_folder.Write("log.csv", "user,item\na,x\n"), Options);

        Assert.Empty(DatasetEvents.Items(dataset));
        Assert.Equal("x", Assert.Single(DatasetEvents.Catalogue(dataset)).ItemId);
    }
}
