using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Datasets;

/// <summary>How a text file of interactions is read: what its columns hold, which rows count, and the forms it is written in.</summary>
public sealed record ImportOptions
{
    /// <summary>The times that are understood without <see cref="TimeFormat"/>, for help and errors.</summary>
    public const string TimeForms =
        "Unix seconds (100000000 to 4102444799), Unix milliseconds (100000000000 to 4102444799999), or ISO 8601 such as 2023-01-05 or 2023-01-05T09:00:00+01:00";

    /// <summary>The values of <see cref="TimeFormat"/> that are no patterns, for help and errors.</summary>
    public const string TimeFormats = "unix-s, unix-ms, unix-us, unix-ns, iso, excel";

    /// <summary>The column of user ids: its name, or its number from 1 in a file without a header. The same goes for every column.</summary>
    public string User { get; init; } = "user_id";

    /// <summary>The column of item ids.</summary>
    public string Item { get; init; } = "item_id";

    /// <summary>
    /// The column of times; null for the only one that is named like a time ("timestamp", "time", "date", ...), and made-up times where there is
    /// none or more than one.
    /// </summary>
    public string? Time { get; init; }

    /// <summary>Whether times are made up even where the file has some.</summary>
    public bool NoTimes { get; init; }

    /// <summary>The form of the times: unix-s, unix-ms, unix-us, unix-ns, iso, excel or a .NET pattern; null for what can be read in one way only.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>The column of what happened, if there is one; "clickout item" becomes "clickout-item".</summary>
    public string? Type { get; init; }

    /// <summary>Only rows whose columns (keys) have these values count.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Where { get; init; } = [];

    /// <summary>
    /// A regular expression that an item id matches as a whole, e.g. "[0-9]+", for logs whose item column holds other things too; rows
    /// that do not match are left out and counted.
    /// </summary>
    public string? ItemPattern { get; init; }

    /// <summary>The encoding's name, e.g. "windows-1252"; null for UTF-8, or what the file's byte order mark says.</summary>
    public string? Encoding { get; init; }

    /// <summary>What stands between fields; null to tell from the first line.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether the first line has the columns' names.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Rows that can't be used (no user, no item, an id that is too long, a time that can't be read) to leave out; one more stops the import.</summary>
    public int MaxBadRows { get; init; }

    /// <summary>Asked for the file; told of bytes read.</summary>
    public ProgressOf? Progress { get; init; }
}
