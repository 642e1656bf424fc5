namespace Rearm.Streaming.Datasets;

/// <summary>Which columns of a CSV file hold what, and which rows count.</summary>
public sealed record CsvColumns
{
    /// <summary>The column of user ids.</summary>
    public required string User { get; init; }

    /// <summary>The column of item ids.</summary>
    public required string Item { get; init; }

    /// <summary>The column of times (Unix seconds or milliseconds, or ISO 8601), if there is one.</summary>
    public string? Time { get; init; }

    /// <summary>The column of what happened, if there is one; "clickout item" becomes "clickout-item".</summary>
    public string? Type { get; init; }

    /// <summary>Only rows whose columns (keys) have these values count.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Where { get; init; } = [];

    /// <summary>
    /// A regular expression that an item id matches as a whole, e.g. "[0-9]+", for logs whose item column holds other things too; rows
    /// that do not match are left out and counted.
    /// </summary>
    public string? ItemPattern { get; init; }
}
