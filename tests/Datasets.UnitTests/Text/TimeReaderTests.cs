using System.Globalization;
using Rearm.Streaming.Datasets.Text;

namespace Rearm.Streaming.Datasets.UnitTests.Text;

public class TimeReaderTests
{
    [Theory]
    [InlineData("1541599523", 1541599523000, "Unix seconds")]
    [InlineData("978300760.0", 978300760000, "Unix seconds")]
    [InlineData(" 1541599523.25 ", 1541599523250, "Unix seconds")]
    [InlineData("100000000", 100000000000, "Unix seconds")]
    [InlineData("4102444799", 4102444799000, "Unix seconds")]
    [InlineData("1541599523123", 1541599523123, "Unix milliseconds")]
    [InlineData("100000000000", 100000000000, "Unix milliseconds")]
    [InlineData("1970-01-01", 0, "ISO 8601")]
    [InlineData("2023-01-05", 1672876800000, "ISO 8601")]
    [InlineData("2023-01-05T09:00", 1672909200000, "ISO 8601")]
    [InlineData("2023-01-05 09:00:00.250", 1672909200250, "ISO 8601")]
    [InlineData("2023-01-05T09:00:00.123456789Z", 1672909200123, "ISO 8601")]
    [InlineData("2023-01-05T09:00:00+01:00", 1672905600000, "ISO 8601")]
    [InlineData("2023-01-05 09:00:00 -0530", 1672929000000, "ISO 8601")]
    [InlineData("2023-01-05 09:00:00 UTC", 1672909200000, "ISO 8601")]
    public void TryRead_FormThatHasOneMeaning_IsRead(string text, long milliseconds, string form)
    {
        var reader = new TimeReader(null);

        Assert.True(reader.TryRead(text, out var read, out _));
        Assert.Equal((milliseconds, form), (read, reader.Form));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("yesterday", "which is none of")]
    [InlineData("05.01.2023", "dd.MM.yyyy")]
    [InlineData("01/05/2023", "the day first or the month")]
    [InlineData("2023/01/05", "slashes")]
    [InlineData("20230105", "--time-format yyyyMMdd")]
    [InlineData("202301050900", "--time-format yyyyMMddHHmm")]
    [InlineData("20230105090000", "--time-format yyyyMMddHHmmss")]
    [InlineData("44931", "--time-format excel")]
    [InlineData("44931.375", "--time-format excel")]
    [InlineData("09:15", "without its date")]
    [InlineData("9:15:00 PM", "without its date")]
    [InlineData("1.5416E+09", "lost digits")]
    [InlineData("1541599523123456", "--time-format unix-us")]
    [InlineData("1541599523123456789", "--time-format unix-ns")]
    [InlineData("0", "outside the plausible ranges")]
    [InlineData("5000000000", "outside the plausible ranges")]
    [InlineData("-5", "which is none of")]
    [InlineData("1,541,599,523", "which is none of")]
    [InlineData("2023-02-29", "which is none of")]
    [InlineData("2023-01-05T24:00", "which is none of")]
    [InlineData("1969-12-31T23:59:59Z", "between 1970 and 9999")]
    [InlineData("1970-01-01T00:30:00+01:00", "between 1970 and 9999")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "between 1970 and 9999")]
    [InlineData("Jan 5 2023", "which is none of")]
    [InlineData("٢٠٢٣-٠١-٠٥", "which is none of")]
    [InlineData("2023-01-05T09:00:00.５", "which is none of")]
    public void TryRead_Anything_ElseSaysWhatToDo(string text, string advice)
    {
        Assert.False(new TimeReader(null).TryRead(text, out _, out var problem));
        Assert.Contains(advice, problem);
    }

    [Theory]
    [InlineData("1541599523", "1541599523123")]
    [InlineData("1541599523", "2018-11-07T14:05:25Z")]
    [InlineData("2018-11-07", "1541599523")]
    public void TryRead_AnotherFormThanTheRowsBefore_IsRefused(string first, string second)
    {
        var reader = new TimeReader(null);

        Assert.True(reader.TryRead(first, out _, out _));
        Assert.False(reader.TryRead(second, out _, out var problem));
        Assert.Contains("the rows before have", problem);
    }

    [Theory]
    [InlineData("unix-s", "20230105", "1970-08-23T03:28:25Z")]
    [InlineData("unix-ms", "1541599523123", "2018-11-07T14:05:23.123Z")]
    [InlineData("unix-us", "1541599523123456", "2018-11-07T14:05:23.123Z")]
    [InlineData("unix-ns", "1541599523123456789", "2018-11-07T14:05:23.123Z")]
    [InlineData("iso", "2023-01-05 09:00", "2023-01-05T09:00:00Z")]
    [InlineData("excel", "44931.375", "2023-01-05T09:00:00Z")]
    [InlineData("yyyyMMdd", "20230105", "2023-01-05T00:00:00Z")]
    [InlineData("MM/dd/yyyy h:mm tt", "01/05/2023 9:15 PM", "2023-01-05T21:15:00Z")]
    [InlineData("dd.MM.yyyy HH:mm zzz", "05.01.2023 09:00 +01:00", "2023-01-05T08:00:00Z")]
    public void TryRead_FormatNamed_IsReadSo(string format, string text, string meant)
    {
        Assert.True(new TimeReader(format).TryRead(text, out var milliseconds, out _));
        Assert.Equal(DateTimeOffset.Parse(meant, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), milliseconds);
    }

    [Theory]
    [InlineData("unix-s", "2023-01-05")]
    [InlineData("iso", "1541599523")]
    [InlineData("yyyyMMdd", "2023-01-05")]
    [InlineData("unix-s", "999999999999999")]
    [InlineData("excel", "999999999999999999999999")]
    public void TryRead_NotOfTheNamedFormat_IsRefused(string format, string text) => Assert.False(new TimeReader(format).TryRead(text, out _, out _));

    [Theory]
    [InlineData("%Y-%m-%d")]
    [InlineData("dd/mm/yyyy")]
    [InlineData("HH:mm")]
    [InlineData("unix")]
    [InlineData("yyyy-MM-dd 'T")]
    public void Create_FormatWithoutADate_IsRefused(string format) =>
        Assert.Contains("--time-format is", Assert.Throws<DatasetException>(() => new TimeReader(format)).Message);

    [Fact]
    public void TryRead_NoZone_IsCounted()
    {
        var reader = new TimeReader(null);
        foreach (var text in new[] { "2023-01-05", "2023-01-05T09:00", "2023-01-05T09:00Z" })
            reader.TryRead(text, out _, out _);

        Assert.Equal(2, reader.WithoutZone);
    }
}
