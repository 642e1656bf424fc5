using System.Text.RegularExpressions;
using nietras.SeparatedValues;
using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.Datasets;

/// <summary>Reads a log of events from a CSV file with a header, gzipped or not. All rows are the train split; ids are the file's own.</summary>
internal static class CsvDatasetReader
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetException">A column is missing, or a line is malformed or holds an invalid value.</exception>
    public static Dataset Read(string path, CsvColumns columns)
    {
        using var text = TextFile.Open(path);
        try
        {
            // Quotes are left in the fields, and the number of fields is ours to check, for errors that say what to do.
            using var csv = Sep.New(',').Reader(options => options with { HasHeader = false, DisableColCountCheck = true, Unescape = false }).From(text);
            return Read(csv, path, columns);
        }
        catch (NotSupportedException e)
        {
            throw new DatasetException($"{path} has a row that is too long to be one; is a quoted field not closed? ({e.Message})", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new DatasetException($"{path} can't be read: {e.Message}", e);
        }
    }

    private static Dataset Read(SepReader csv, string path, CsvColumns columns)
    {
        List<string>? header = null;
        int user = -1, item = -1, time = -1, type = -1;
        (int Column, string Value)[] where = [];
        var pattern = Pattern(columns.ItemPattern);

        Numbering users = new(), items = new(), types = new();
        var (userRows, itemRows, times, typeRows) = (new List<int>(), new List<int>(), new List<long>(), new List<string>());
        int filtered = 0, badUsers = 0, badItems = 0;
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
                header = [.. fields];
                (user, item) = (Require(columns.User), Require(columns.Item));
                (time, type) = (columns.Time is null ? -1 : Require(columns.Time), columns.Type is null ? -1 : Require(columns.Type));
                where = [.. columns.Where.Select(w => (Require(w.Key), w.Value))];
            }
            else if (fields.Count != header.Count)
                throw new DatasetException($"{path}, line {row.LineNumberFrom} has {fields.Count} fields; the header has {header.Count}.");
            else if (where.Any(w => fields[w.Column] != w.Value))
                filtered++;
            else if (!IsId(fields[user]))
                badUsers++;
            else if (!IsId(fields[item]) || pattern?.IsMatch(fields[item]) == false)
                badItems++;
            else
            {
                userRows.Add(users.Of(fields[user]));
                itemRows.Add(items.Of(fields[item]));
                if (time >= 0)
                    times.Add(EventTime.TryParse(fields[time], out var milliseconds)
                        ? milliseconds
                        : throw new DatasetException($"{path}, line {row.LineNumberFrom}: {columns.Time} is \"{fields[time]}\"; {EventTime.Forms} is needed."));
                if (type >= 0)
                    typeRows.Add(types.Ids[types.Of(TypeName(fields[type]))]);
            }
        }
        if (header is null)
            throw new DatasetException($"{path} is empty; a line with the columns' names is needed.");

        var notes = new List<string>();
        Note(filtered, "do not have what --where asks for");
        Note(badUsers, $"have no user id in {columns.User}");
        Note(badItems, $"have no item id in {columns.Item}");
        return new Dataset
        {
            Name = DatasetReader.NameOf(path),
            UserCount = users.Ids.Count,
            ItemCount = items.Ids.Count,
            Train = new([.. userRows], [.. itemRows], time >= 0 ? [.. times] : null, type >= 0 ? [.. typeRows] : null),
            UserIds = [.. users.Ids],
            ItemIds = [.. items.Ids],
            Notes = notes,
        };

        int Require(string column) => header!.IndexOf(column) is var at and >= 0
            ? at
            : throw new DatasetException($"{path} has no column {column}; it has {string.Join(", ", header)}.");

        void Note(int rows, string why)
        {
            if (rows > 0)
                notes.Add($"{rows} rows {why}: left out.");
        }
    }

    private static bool IsId(string text) => EventRules.CheckId("id", text, EventRules.MaxIdBytes) is null;

    private static Regex? Pattern(string? text)
    {
        try
        {
            return text is null ? null : new Regex($"^(?:{text})$", RegexOptions.CultureInvariant, PatternTimeout);
        }
        catch (ArgumentException e)
        {
            throw new DatasetException($"The item pattern \"{text}\" is not a regular expression: {e.Message}", e);
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

    private sealed class Numbering
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public List<string> Ids { get; } = [];

        public int Of(string id)
        {
            if (!_numbers.TryGetValue(id, out var number))
            {
                _numbers.Add(id, number = Ids.Count);
                Ids.Add(id);
            }
            return number;
        }
    }
}
