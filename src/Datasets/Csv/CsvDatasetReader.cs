using System.Text.RegularExpressions;
using nietras.SeparatedValues;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Datasets.Text;

namespace Rearm.Streaming.Datasets.Csv;

/// <summary>Reads a log of events from a text file with delimited fields, gzipped or not. All rows are the train split; ids are the file's own.</summary>
internal static class CsvDatasetReader
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetException">A column is missing, a line is malformed, or more rows can't be used than may be left out.</exception>
    public static Dataset Read(string path, ImportOptions options)
    {
        var file = TextFile.Find(path, options.Encoding);
        var first = file.FirstLine() ?? throw new DatasetException(options.HasHeader ? $"{path} is empty; a line with the columns' names is needed." : $"{path} is empty.");
        var delimiter = options.Delimiter ?? Delimiters.Detect(path, first, options);
        try
        {
            return file.Read(Parse, options.Progress);
        }
        catch (NotSupportedException e)
        {
            throw new DatasetException($"{path} has a row that is too long to be one; is a quoted field not closed? ({e.Message})", e);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new DatasetException(
                $"The item pattern takes more than {PatternTimeout.TotalSeconds:0} s to match \"{e.Input}\". "
                + "Write --item-pattern so that a text matches in one way only, a+ in place of (a+)+.", e);
        }

        Dataset Parse(StreamReader text)
        {
            // Quotes are left in the fields, and the number of fields is ours to check, for errors that say what to do.
            using var csv = Sep.New(delimiter).Reader(reader => reader with { HasHeader = false, DisableColCountCheck = true, Unescape = false }).From(text);
            return Read(csv, file, delimiter, options);
        }
    }

    private static Dataset Read(SepReader csv, TextFile file, char delimiter, ImportOptions options)
    {
        var path = file.Path;
        CsvHeader? header = null;
        var pattern = Pattern(options.ItemPattern);
        var time = new TimeReader(options.TimeFormat);
        var bad = new BadRows(path, options.MaxBadRows);

        Numbering users = new(), items = new(), types = new();
        var (userRows, itemRows, times, typeRows) = (new List<int>(), new List<int>(), new List<long>(), new List<string>());
        int rows = 0, filtered = 0, otherItems = 0;
        var fields = new List<string>();
        foreach (var row in csv)
        {
            if (row.Span.IsEmpty)
                continue;
            fields.Clear();
            for (var i = 0; i < row.ColCount; i++)
                fields.Add(CsvField.Unquote(row[i].Span, path, row.LineNumberFrom).ToString());
            if (header is null)
            {
                header = new CsvHeader(path, [.. fields], options);
                if (options.HasHeader)
                    continue;
            }
            rows++;
            var line = row.LineNumberFrom;
            if (fields.Count != header.Count)
                bad.Add(line, "have another number of fields", $"has {fields.Count} fields; the {(options.HasHeader ? "header" : "first row")} has {header.Count}");
            else if (header.Where.Any(w => fields[w.Column] != w.Value))
                filtered++;
            else if (pattern?.IsMatch(fields[header.Item]) == false)
                otherItems++;
            else if (Problem(fields[header.User], "user") is { } user)
                bad.Add(line, user.Kind, $"{header.NameOf(header.User)} {user.Detail}");
            else if (Problem(fields[header.Item], "item") is { } item)
                bad.Add(line, item.Kind, $"{header.NameOf(header.Item)} {item.Detail}");
            else if (!TryRead(time, header.Time, fields, out var milliseconds, out var problem))
                bad.Add(line, "have a time that can't be read", $"{header.NameOf(header.Time)} {problem}");
            else
            {
                userRows.Add(users.Of(fields[header.User]));
                itemRows.Add(items.Of(fields[header.Item]));
                if (header.Time >= 0)
                    times.Add(milliseconds);
                if (header.Type >= 0)
                    typeRows.Add(types.Ids[types.Of(TypeName(fields[header.Type]))]);
            }
        }

        return new Dataset
        {
            Name = DatasetReader.NameOf(path),
            UserCount = users.Ids.Count,
            ItemCount = items.Ids.Count,
            Train = new([.. userRows], [.. itemRows], header!.Time >= 0 ? [.. times] : null, header.Type >= 0 ? [.. typeRows] : null),
            UserIds = [.. users.Ids],
            ItemIds = [.. items.Ids],
            Notes = [.. TimeNotes.Of(header.Time < 0 ? null : header.NameOf(header.Time), header.IsTimeGuessed, header.TimeCandidates, time)],
            Import = new()
            {
                Rows = rows,
                Encoding = file.EncodingName,
                Delimiter = delimiter,
                HasHeader = options.HasHeader,
                Used = header.Used,
                Unused = header.Unused,
                TimeForm = header.Time < 0 ? null : time.Form,
                LeftOut =
                [
                    .. filtered > 0 ? new[] { ("do not have what --where asks for", filtered) } : [],
                    .. otherItems > 0 ? new[] { ($"have something in {header.NameOf(header.Item)} that is not of --item-pattern", otherItems) } : [],
                ],
                Bad = bad.ByReason,
                FirstBad = bad.First,
            },
        };
    }

    private static bool TryRead(TimeReader reader, int column, List<string> fields, out long milliseconds, out string? problem)
    {
        (milliseconds, problem) = (0, null);
        return column < 0 || reader.TryRead(fields[column], out milliseconds, out problem);
    }

    private static (string Kind, string Detail)? Problem(string id, string what)
    {
        if (id.Length == 0)
            return ($"have no {what}", $"is empty: there is no {what}");
        // The mark that an earlier conversion left for bytes it could not read: different ids have become one.
        if (id.Contains('\uFFFD', StringComparison.Ordinal))
            return ($"have a damaged {what} id", $"is \"{id}\", in which U+FFFD stands for a character that was lost before; export the file anew");
        return EventRules.CheckId("id", id, EventRules.MaxIdBytes) is { } violation ? ($"have a bad {what} id", violation.Reason) : null;
    }

    private static Regex? Pattern(string? text)
    {
        try
        {
            return text is null ? null : new Regex($"^(?:{text})$", RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (ArgumentException e)
        {
            throw new DatasetException($"The item pattern \"{text}\" is not a regular expression: {e.Message} Correct --item-pattern.", e);
        }
    }

    // As the rules for types require: "Clickout item" becomes "clickout-item".
    private static string TypeName(string text)
    {
        if (text.Length == 0)
            return Dataset.DefaultType;
        var name = text.ToLowerInvariant()[..Math.Min(text.Length, EventRules.MaxNameLength)];
        return string.Concat(name.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' ? c : '-'));
    }
}
