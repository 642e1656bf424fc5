using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Times in JSON: strings of RFC 3339, with a zone.</summary>
internal static partial class JsonTimes
{
    private const string Needed = "a string with date, time and zone, such as \"2026-01-20T10:00:00Z\", is needed";

    // As seconds and as milliseconds both are between 1973 and 2100.
    private const double FirstSeconds = 1e8;
    private const double EndSeconds = 4_102_444_800;

    /// <summary>Reads a time.</summary>
    /// <exception cref="EventFormatException">It has another form.</exception>
    public static Timestamp Read(JsonElement json, string field)
    {
        if (json.ValueKind == JsonValueKind.Number)
            throw new EventFormatException(field, $"is the number {json.GetRawText()}; {Epoch(json.GetRawText())}");
        if (json.ValueKind == JsonValueKind.Null)
            throw new EventFormatException(field, $"is null; {Needed}, or no field at all, which means now");
        if (json.ValueKind != JsonValueKind.String)
            throw new EventFormatException(field, $"is {JsonKinds.Of(json)}; {Needed}");
        var text = json.GetString()!;
        var parts = Pattern().Match(text);
        if (!parts.Success || !DateTime.TryParseExact(parts.Groups["time"].ValueSpan, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            throw new EventFormatException(field, $"is {FieldNames.Quoted(text)}; {(Digits().IsMatch(text) ? Epoch(text) : Needed)}");
        if (!parts.Groups["zone"].Success)
            throw new EventFormatException(field, $"is \"{text}\", which names no zone; end it with Z for UTC, or with an offset such as +01:00");
        var offset = parts.Groups["sign"].Success
            ? (parts.Groups["sign"].ValueSpan is "-" ? -60 : 60) * (60 * Number(parts.Groups["hours"]) + Number(parts.Groups["minutes"]))
            : 0;
        return new()
        {
            Seconds = new DateTimeOffset(local, TimeSpan.Zero).ToUnixTimeSeconds() - offset,
            Nanos = parts.Groups["fraction"].Success ? int.Parse(parts.Groups["fraction"].Value.PadRight(9, '0'), CultureInfo.InvariantCulture) : 0,
        };
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    // What the number says, if it is in one of the two usual units.
    private static string Epoch(string number)
    {
        double? seconds = double.TryParse(number, CultureInfo.InvariantCulture, out var value) ? value switch
        {
            >= FirstSeconds and < EndSeconds => value,
            >= FirstSeconds * 1000 and < EndSeconds * 1000 => value / 1000,
            _ => null,
        } : null;
        return seconds is { } time
            ? $"{Needed}: \"{DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(time)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\" if it is Unix {(value < EndSeconds ? "seconds" : "milliseconds")}"
            : Needed;
    }

    // Not \d, which is the digits of every script.
    [GeneratedRegex(
        @"^(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?<fraction>[0-9]{1,9}))?"
        + "(?<zone>Z|(?<sign>[+-])(?<hours>[01][0-9]):(?<minutes>[0-5][0-9]))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[0-9]+(?:\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
