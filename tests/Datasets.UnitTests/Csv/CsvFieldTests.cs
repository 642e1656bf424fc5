using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Datasets.Csv;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Datasets.UnitTests.Csv;

public class CsvFieldTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("\"\"", "")]
    [InlineData("\"a,b\r\nc\"", "a,b\r\nc")]
    [InlineData("\"say \"\"hi\"\"\"", "say \"hi\"")]
    public void Unquote_FieldAsRfc4180HasIt_IsItsValue(string raw, string value) => Assert.Equal(value, CsvField.Unquote(raw, "x.csv", 1).ToString());

    [Theory]
    [InlineData("\"", "a quoted field is not closed")]
    [InlineData("\"a\"\"", "a quoted field is not closed")]
    [InlineData("\"a\"b", "'b' follows a closing quote")]
    [InlineData("\"a\" ", "' ' follows a closing quote")]
    [InlineData("5\" disk", "a quote stands inside an unquoted field")]
    public void Unquote_StrayQuote_NamesFileLineAndReason(string raw, string reason)
    {
        var error = Assert.Throws<DatasetException>(() => CsvField.Unquote(raw, "x.csv", 7).ToString());

        Assert.StartsWith("x.csv, line 7: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Unquote_AnyValueThatWasQuoted_ComesBack() =>
        Prop.ForAll<string>(value => CsvField.Unquote(Quote(value ?? ""), "x", 1).SequenceEqual(value ?? "")).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_AnyRecordsQuotedAsRfc4180Says_ComeBack()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "log.csv");
        Prop.ForAll<string[]>(values =>
        {
            // Ids may not be empty, too long or hold control characters; line breaks go into a column that is not one.
            var texts = values.Select(v => v ?? "").ToArray();
            var file = new StringBuilder("user,item,note\r\n");
            for (var i = 0; i < texts.Length; i++)
                file.Append(Quote($"u{i},\"")).Append(',').Append($"i{i}").Append(',').Append(Quote(texts[i])).Append("\r\n");
            File.WriteAllText(path, file.ToString(), new UTF8Encoding(false));

            var dataset = DatasetReader.Read(path, new() { User = "user", Item = "item" });

            return dataset.UserIds!.SequenceEqual(texts.Select((_, i) => $"u{i},\"")) && dataset.ItemIds!.SequenceEqual(texts.Select((_, i) => $"i{i}"));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_StrayQuotesThatWouldJoinTwoLines_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "log.csv");
        File.WriteAllText(path, "user,size,item\na,5\" disk,1\nb,6\" disk,2\n");

        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path, new() { User = "user", Item = "item" }));

        Assert.Contains("line 2: a quote stands inside an unquoted field", error.Message);
    }

    [Fact]
    public void Read_EmptyLines_AreSkipped()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "log.csv");
        File.WriteAllText(path, "\nuser,item\n\n\r\na,1\n\n");

        Assert.Equal(["a"], DatasetReader.Read(path, new() { User = "user", Item = "item" }).UserIds!);
    }

    private static string Quote(string value) => $"\"{value.Replace("\"", "\"\"")}\"";
}
