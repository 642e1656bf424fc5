namespace Rearm.Streaming.Datasets.Text;

/// <summary>What to tell about the times of a file.</summary>
internal static class TimeNotes
{
    /// <summary>The notes, one sentence each.</summary>
    /// <param name="column">The column of times; null if they are made up.</param>
    /// <param name="isGuessed">Whether it was chosen by its name alone.</param>
    /// <param name="candidates">The columns that are named like times.</param>
    /// <param name="reader">What read them.</param>
    public static IEnumerable<string> Of(string? column, bool isGuessed, IReadOnlyList<string> candidates, TimeReader reader)
    {
        if (column is null)
            yield return candidates.Count > 1
                ? $"Times are made up, one second a row from 2020-01-01: {string.Join(" and ", candidates)} are named like times; say which holds them with --time-column."
                : "Times are made up, one second a row from 2020-01-01.";
        if (isGuessed)
            yield return $"Times are taken from {column}, by its name; --time-column takes another, --no-times makes them up.";
        if (reader.WithoutZone > 0)
            yield return $"{reader.WithoutZone} times name no zone and are taken as UTC.";
    }
}
