namespace Rearm.Streaming.Datasets.Text;

/// <summary>How times are written.</summary>
internal enum TimeForm
{
    /// <summary>Seconds since 1970, with or without a fraction.</summary>
    UnixSeconds,

    /// <summary>Thousandths of a second since 1970.</summary>
    UnixMilliseconds,

    /// <summary>Millionths of a second since 1970.</summary>
    UnixMicroseconds,

    /// <summary>Billionths of a second since 1970.</summary>
    UnixNanoseconds,

    /// <summary>ISO 8601 with dashes and colons, e.g. 2023-01-05T09:00:00Z.</summary>
    Iso,

    /// <summary>Excel's number of the day, from 1900, the time as its fraction.</summary>
    ExcelDay,

    /// <summary>A .NET pattern, e.g. dd/MM/yyyy HH:mm.</summary>
    Pattern,
}
