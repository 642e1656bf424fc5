namespace Rearm.Streaming.Datasets.Csv;

/// <summary>
/// A field of delimited values as RFC 4180 has it: one that holds delimiters, line breaks or quotes is quoted, with the quotes in it doubled.
/// Stricter than the parser that finds the fields: a stray quote would silently join two lines.
/// </summary>
internal static class CsvField
{
    private const char Quote = '"';

    /// <summary>A field's value.</summary>
    /// <param name="raw">The field as the file has it.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="line">The line on which the record begins, for errors.</param>
    /// <exception cref="DatasetException">A quote is not closed, stands inside an unquoted field, or is followed by more text.</exception>
    public static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> raw, string path, int line)
    {
        if (!raw.Contains(Quote))
            return raw;
        if (raw[0] != Quote)
            throw new DatasetException($"{path}, line {line}: a quote stands inside an unquoted field; quote the whole field and double the quotes in it.");
        var (end, hasDoubled) = (1, false);
        while (true)
        {
            var next = raw[end..].IndexOf(Quote);
            if (next < 0)
                throw new DatasetException($"{path}, line {line}: a quoted field is not closed. Close it, and double the quotes in it.");
            end += next + 1;
            if (end == raw.Length || raw[end] != Quote)
                break;
            hasDoubled = true;
            end++;
        }
        if (end < raw.Length)
            throw new DatasetException($"{path}, line {line}: '{raw[end]}' follows a closing quote; a delimiter or the line's end is needed.");
        var value = raw[1..^1];
        return hasDoubled ? value.ToString().Replace("\"\"", "\"") : value;
    }
}
