using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rearm.Streaming.Datasets.Text;

/// <summary>
/// Reads a column of times. Without a format only forms that can be read in one way are taken, and the first row's form is that of them all: a
/// guess made cell by cell would be wrong in some and right in others.
/// </summary>
internal sealed partial class TimeReader
{
    // 1973-03-03 and 2100-01-01: below, numbers are days, dates written together or counters; above, another unit.
    private const decimal FirstSeconds = 100_000_000;
    private const decimal EndSeconds = 4_102_444_800;
    private const decimal EndMilliseconds = 253_402_300_800_000;
    private const decimal FirstExcelDay = 20_000;
    private const decimal LastExcelDay = 80_000;

    // Beyond the year 9999, and no more than can be multiplied.
    private const decimal TooLateExcelDay = 3_000_000;

    private readonly string? _pattern;
    private readonly bool _isTold;
    private TimeForm? _form;

    /// <param name="format">A named format or a .NET pattern; null for what can be read in one way only.</param>
    /// <exception cref="DatasetException">The pattern has no date in it, or is none.</exception>
    public TimeReader(string? format)
    {
        _isTold = format is not null;
        _form = format switch
        {
            null => null,
            "unix-s" => TimeForm.UnixSeconds,
            "unix-ms" => TimeForm.UnixMilliseconds,
            "unix-us" => TimeForm.UnixMicroseconds,
            "unix-ns" => TimeForm.UnixNanoseconds,
            "iso" => TimeForm.Iso,
            "excel" => TimeForm.ExcelDay,
            _ => TimeForm.Pattern,
        };
        if (_form == TimeForm.Pattern)
            RequireDate(_pattern = format!);
    }

    /// <summary>The times' form in words; null before the first.</summary>
    public string? Form => _form is { } form ? Name(form) : null;

    /// <summary>Times read that name no zone and were taken as UTC.</summary>
    public int WithoutZone { get; private set; }

    /// <summary>Reads one time.</summary>
    /// <param name="text">The cell.</param>
    /// <param name="milliseconds">Unix milliseconds, 1970 to 9999.</param>
    /// <param name="problem">What is wrong and what to do.</param>
    public bool TryRead(string text, out long milliseconds, [NotNullWhen(false)] out string? problem)
    {
        milliseconds = 0;
        text = text.Trim();
        if (text.Length == 0)
        {
            problem = "is empty";
            return false;
        }
        var found = _isTold ? Told(text) : Guess(text);
        problem = found.Problem;
        if (problem is null && !_isTold && _form is { } form && form != found.Form)
            problem = $"is \"{text}\", {Name(found.Form)}; the rows before have {Name(form)}. Export the column in one form, or name it with --time-format";
        // Before 1970 stays so, however little; the last moment of 9999 does not become the first of the next year.
        var rounded = decimal.Round(found.Milliseconds);
        if (problem is null && (found.Milliseconds < 0 || rounded >= EndMilliseconds))
            problem = $"is \"{text}\"; an event happens between 1970 and 9999";
        if (problem is not null)
            return false;
        _form = found.Form;
        milliseconds = (long)rounded;
        if (!found.HasZone)
            WithoutZone++;
        return true;
    }

    private Found Told(string text) => _form!.Value switch
    {
        TimeForm.Pattern => DateTimeOffset.TryParseExact(text, _pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new(TimeForm.Pattern, time.ToUnixTimeMilliseconds(), HasZone: _pattern!.Contains('z', StringComparison.Ordinal) || _pattern.Contains('K', StringComparison.Ordinal))
            : new($"is \"{text}\", which is not of the form {_pattern} (--time-format)"),
        TimeForm.Iso => Iso(text) ?? new($"is \"{text}\", which is not ISO 8601 (--time-format)"),
        var form => Number(text) is { } number ? OfNumber(form, number) : new($"is \"{text}\", which is not {Name(form)} (--time-format)"),
    };

    private static Found Guess(string text)
    {
        if (Iso(text) is { } iso)
            return iso;
        if (Number(text) is not { } number)
            return new($"is \"{text}\", {Advice(text)}");
        if (DateDigits().IsMatch(text))
            return new($"is \"{text}\", which may be a date or a number. Name its form, e.g. --time-format {"yyyyMMddHHmmss"[..text.Length]}");
        return number switch
        {
            >= FirstSeconds and < EndSeconds => OfNumber(TimeForm.UnixSeconds, number),
            >= FirstSeconds * 1_000 and < EndSeconds * 1_000 => OfNumber(TimeForm.UnixMilliseconds, number),
            >= FirstSeconds * 1_000_000 and < EndSeconds * 1_000_000 => new($"is \"{text}\", which may be microseconds. Name the form: --time-format unix-us"),
            >= FirstSeconds * 1_000_000_000 and < EndSeconds * 1_000_000_000 => new($"is \"{text}\", which may be nanoseconds. Name the form: --time-format unix-ns"),
            >= FirstExcelDay and <= LastExcelDay => new($"is \"{text}\", which may be Excel's number of a day. Name the form: --time-format excel"),
            _ => new($"is \"{text}\", a number outside the plausible ranges; {ImportOptions.TimeForms}, is needed. Name another form with --time-format ({ImportOptions.TimeFormats})"),
        };
    }

    private static string Advice(string text)
    {
        if (TimeOnly().IsMatch(text))
            return "a time without its date. Export the column with the date";
        if (ShortNumber().IsMatch(text))
            return "a number written short, which has lost digits. Export the column in full";
        return text.Contains('/', StringComparison.Ordinal)
            ? "which has slashes: is the day first or the month? Name the form, e.g. --time-format \"dd/MM/yyyy HH:mm\" or \"MM/dd/yyyy HH:mm\""
            : $"which is none of {ImportOptions.TimeForms}. Name its form, e.g. --time-format \"dd.MM.yyyy HH:mm:ss\"";
    }

    private static Found OfNumber(TimeForm form, decimal number) => new(
        form,
        form switch
        {
            TimeForm.UnixSeconds => number * 1000,
            TimeForm.UnixMilliseconds => number,
            TimeForm.UnixMicroseconds => number / 1000,
            TimeForm.UnixNanoseconds => number / 1_000_000,
            // Day 25569 is 1970-01-01.
            _ => (Math.Min(number, TooLateExcelDay) - 25_569) * 86_400_000,
        },
        HasZone: form != TimeForm.ExcelDay);

    // Plain digits, perhaps with a fraction: no sign, no exponent, no grouping. 24 digits are more than any of the units needs.
    private static decimal? Number(string text) =>
        text.Length <= 24 && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Found? Iso(string text)
    {
        var parts = IsoPattern().Match(text);
        if (!parts.Success)
            return null;
        int Of(string name) => parts.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
        var (year, month, day, hour, minute, second) = (Of("year"), Of("month"), Of("day"), Of("hour"), Of("minute"), Of("second"));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return null;
        var fraction = parts.Groups["fraction"] is { Success: true } digits ? decimal.Parse($"0.{digits.Value}", CultureInfo.InvariantCulture) : 0;
        var local = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeMilliseconds() + fraction * 1000;
        var offset = (Of("zoneHours") * 60 + Of("zoneMinutes")) * (parts.Groups["sign"].ValueSpan is "-" ? -60_000 : 60_000);
        return new Found(TimeForm.Iso, local - offset, HasZone: parts.Groups["zone"].Success);
    }

    private static string Name(TimeForm form) => form switch
    {
        TimeForm.UnixSeconds => "Unix seconds",
        TimeForm.UnixMilliseconds => "Unix milliseconds",
        TimeForm.UnixMicroseconds => "Unix microseconds",
        TimeForm.UnixNanoseconds => "Unix nanoseconds",
        TimeForm.Iso => "ISO 8601",
        TimeForm.ExcelDay => "Excel's numbers of days",
        _ => "the form of --time-format",
    };

    private static void RequireDate(string pattern)
    {
        var needs = $"--time-format is \"{pattern}\"; one of {ImportOptions.TimeFormats}, or a pattern with year (yyyy), month (MM) and day (dd), e.g. \"dd/MM/yyyy HH:mm\", is needed";
        if (pattern.Contains('%', StringComparison.Ordinal) || !"yMd".All(part => pattern.Contains(part, StringComparison.Ordinal)))
            throw new DatasetException($"{needs} (mm are minutes; hh are hours up to 12, with tt).");
        try
        {
            _ = DateTimeOffset.UnixEpoch.ToString(pattern, CultureInfo.InvariantCulture);
        }
        catch (FormatException e)
        {
            throw new DatasetException($"{needs}: {e.Message}", e);
        }
    }

    // Not \d, which is the digits of every script.
    [GeneratedRegex(
        "^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})(?:[Tt ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})"
        + "(?::(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]{1,9}))?)?"
        + "(?<zone> ?(?:[Zz]|UTC|(?<sign>[+-])(?<zoneHours>[0-9]{2})(?::?(?<zoneMinutes>[0-9]{2}))?))?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IsoPattern();

    // 20230105, 202301050900 or 20230105090000.
    [GeneratedRegex(
        "^(?:19|20)[0-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DateDigits();

    [GeneratedRegex(@"^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[APap][Mm])?$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeOnly();

    [GeneratedRegex(@"^[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortNumber();

    private readonly record struct Found(TimeForm Form, decimal Milliseconds, bool HasZone, string? Problem = null)
    {
        public Found(string problem) : this(default, 0, false, problem) { }
    }
}
