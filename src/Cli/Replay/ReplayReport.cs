using System.Globalization;
using Rearm.Streaming.Datasets;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Shows how a data set was understood, before it is sent, and what became of its rows.</summary>
internal static class ReplayReport
{
    private const int TypesShown = 12;

    /// <summary>What was read, and what would be sent.</summary>
    public static void Before(Dataset data, ReplayOptions options, IAnsiConsole console)
    {
        var (rows, part) = (data[options.Split], options.Split.ToString().ToLowerInvariant());
        Line(console, $"{data.Name}: {rows.Count:N0} {part} interactions of {data.UserCount:N0} users with {data.ItemCount:N0} items");
        if (data.Import is { } import)
            File(import, console);
        if (rows.Count > 0)
            Line(console, $"  times: {data.Import?.TimeForm ?? (rows.Times is null ? "made up" : "from the data")}, from {Time(Times(data, options.Split).Min())} to {Time(Times(data, options.Split).Max())}");
        if (rows.Types is { } types)
        {
            var counts = types.CountBy(type => type).OrderByDescending(type => type.Value).ThenBy(type => type.Key, StringComparer.Ordinal).ToList();
            Line(console, $"  types: {string.Join(", ", counts.Take(TypesShown).Select(type => Text($"{type.Key} {type.Value:N0}")))}{(counts.Count > TypesShown ? $" and {counts.Count - TypesShown} more" : "")}");
        }
        Line(console, $"  items: {Items(data, options)}");
        foreach (var note in data.Notes)
            console.WriteLine($"Note: {note}");
    }

    /// <summary>What became of each row of a text file that has no parts.</summary>
    public static void After(ImportReport import, long accepted, long rejected, IAnsiConsole console)
    {
        Line(console, $"{import.Rows:N0} rows: {accepted:N0} accepted, {rejected:N0} rejected{string.Concat(import.LeftOut.Concat(import.Bad).Select(r => Text($", {r.Rows:N0} {r.Reason}")))}");
    }

    private static void File(ImportReport import, IAnsiConsole console)
    {
        Line(console, $"  file: {import.Rows:N0} rows, {import.Encoding}, {Delimiter(import.Delimiter)} between fields, {(import.HasHeader ? "with a header" : "no header")}");
        Line(console, $"  columns used: {string.Join(", ", import.Used.Select(c => $"{c.Column} ({c.Use})"))}; not used: {(import.Unused.Count == 0 ? "none" : string.Join(", ", import.Unused))}");
        foreach (var (reason, rows) in import.LeftOut)
            Line(console, $"  left out: {rows:N0} rows {reason}");
        foreach (var (reason, rows) in import.Bad)
            Line(console, $"  left out: {rows:N0} rows {reason}");
        foreach (var row in import.FirstBad)
            Line(console, $"    {row}");
    }

    private static string Items(Dataset data, ReplayOptions options)
    {
        if (!options.Items)
            return "none sent (--no-items)";
        return data.Features.Count == 0
            ? "none sent: the data has no features, and an empty description would replace the one there is"
            : Text($"{DatasetEvents.CountItems(data):N0} sent, with {string.Join(" and ", data.Features.Select(f => $"{f.Name} ({f.Dimension})"))}");
    }

    private static IEnumerable<long> Times(Dataset data, Split split) => Enumerable.Range(0, data[split].Count).Select(row => data.TimeOf(split, row));

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Delimiter(char delimiter) => delimiter switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        _ => $"'{delimiter}'",
    };

    private static void Line(IAnsiConsole console, FormattableString text) => console.WriteLine(FormattableString.Invariant(text));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
