namespace Rearm.Streaming.Datasets.Csv;

/// <summary>What stands between fields, told from a file's first line.</summary>
internal static class Delimiters
{
    private const string Known = ",;\t|";

    /// <summary>A delimiter's name, for people.</summary>
    public static string NameOf(char delimiter) => delimiter switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        _ => $"'{delimiter}'",
    };

    /// <summary>The delimiter of a file.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="line">Its first line that is not empty.</param>
    /// <param name="options">The columns it must have.</param>
    /// <exception cref="DatasetException">More than one would do.</exception>
    public static char Detect(string path, string line, ImportOptions options)
    {
        var present = Known.Where(delimiter => ContainsUnquoted(line, delimiter)).ToList();
        if (present.Count <= 1)
            return present is [var only] ? only : ',';
        // "article,size;colour" has both; only one of them gives the columns that are asked for.
        var fitting = options.HasHeader ? present.Where(delimiter => HasColumns(line, delimiter, options)).ToList() : [];
        return fitting is [var fits]
            ? fits
            : throw new DatasetException($"{path}: {string.Join(" and ", present.Select(NameOf))} are in its first line. Say which stand between fields: --delimiter {string.Join(" or ", present.Select(d => d == '\t' ? "tab" : $"\"{d}\""))}.");
    }

    private static bool HasColumns(string line, char delimiter, ImportOptions options)
    {
        var names = line.Split(delimiter).Select(field => CsvHeader.Plain(field.Trim('"'))).ToList();
        return names.Contains(CsvHeader.Plain(options.User)) && names.Contains(CsvHeader.Plain(options.Item));
    }

    private static bool ContainsUnquoted(string line, char delimiter)
    {
        var quoted = false;
        foreach (var character in line)
            if (character == '"')
                quoted = !quoted;
            else if (character == delimiter && !quoted)
                return true;
        return false;
    }
}
