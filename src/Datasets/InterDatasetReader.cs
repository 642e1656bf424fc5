using System.Globalization;
using Rearm.Streaming.Datasets.Csv;
using Rearm.Streaming.Datasets.Text;

namespace Rearm.Streaming.Datasets;

/// <summary>
/// Reads NAME.inter, tab separated. MMRec's has a header of userID, itemID, x_label (0 train, 1 valid, 2 test) and perhaps timestamp, dense ids and
/// feature files beside it; ratings are not used: feedback is implicit. RecBole's has types in its header ("user_id:token") and ids of any kind.
/// </summary>
internal static class InterDatasetReader
{
    public const string Extension = ".inter";
    private const string UserColumn = "userID";
    private const string ItemColumn = "itemID";
    private const string TimeColumn = "timestamp";
    private const string LabelColumn = "x_label";
    private const string RecBoleId = ":token";

    // Of train, valid and test.
    private static readonly string[] Labels = ["0", "1", "2"];

    /// <summary>Reads a file and the features in its folder.</summary>
    /// <exception cref="DatasetException">A column is missing, or more lines than allowed have something else than they should.</exception>
    public static Dataset Read(string path, ImportOptions options)
    {
        var file = TextFile.Find(path, options.Encoding);
        var header = file.FirstLine()?.TrimEnd('\r').Split('\t') ?? throw new DatasetException($"{path} is empty; a header with {UserColumn}, {ItemColumn} and {LabelColumn} is needed.");
        return header.Any(name => name.EndsWith(RecBoleId, StringComparison.Ordinal))
            ? CsvDatasetReader.Read(path, options with { Delimiter = '\t', HasHeader = true })
            : file.Read(reader => Read(reader, file, header, options), options.Progress);
    }

    private static Dataset Read(StreamReader reader, TextFile file, string[] header, ImportOptions options)
    {
        var path = file.Path;
        int user = Require(UserColumn), item = Require(ItemColumn), label = Require(LabelColumn), time = options.NoTimes ? -1 : Array.IndexOf(header, TimeColumn);
        var times = new TimeReader(options.TimeFormat);
        var bad = new BadRows(path, options.MaxBadRows);
        var splits = new[] { new Rows(), new Rows(), new Rows() };
        var (rows, number, hasHeader) = (0, 0, false);
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0)
                continue;
            if (!hasHeader)
            {
                hasHeader = true;
                continue;
            }
            rows++;
            var fields = line.TrimEnd('\r').Split('\t');
            var milliseconds = 0L;
            if (fields.Length != header.Length)
                bad.Add(number, "have another number of fields", $"has {fields.Length} fields; the header has {header.Length}");
            else if (!TryId(fields[user], out var userId))
                bad.Add(number, "have a bad user id", NoId(UserColumn, fields[user]));
            else if (!TryId(fields[item], out var itemId))
                bad.Add(number, "have a bad item id", NoId(ItemColumn, fields[item]));
            else if (Array.IndexOf(Labels, fields[label]) is var split && split < 0)
                bad.Add(number, "belong to no part", $"{LabelColumn} is \"{fields[label]}\"; 0 (train), 1 (valid) or 2 (test) is needed");
            else if (time >= 0 && !times.TryRead(fields[time], out milliseconds, out var problem))
                bad.Add(number, "have a time that can't be read", $"{TimeColumn} {problem}. (--no-times makes times up)");
            else
                splits[split].Add(userId, itemId, milliseconds);
        }

        var (train, valid, test) = (splits[0].ToSplit(time >= 0), splits[1].ToSplit(time >= 0), splits[2].ToSplit(time >= 0));
        var notes = new List<string>(TimeNotes.Of(time < 0 ? null : TimeColumn, isGuessed: false, [], times));
        var items = DenseIds.Require(path, "item", train.Items, valid.Items, test.Items);
        var features = FeatureFiles.Read(Path.GetDirectoryName(Path.GetFullPath(path))!, items, new HashSet<string>(), notes);
        (int Column, string Use)[] used = [(user, "users"), (item, "items"), (label, "parts"), (time, "times")];
        return new Dataset
        {
            Name = Path.GetFileNameWithoutExtension(path),
            UserCount = DenseIds.Require(path, "user", train.Users, valid.Users, test.Users),
            ItemCount = features.Items ?? items,
            Train = train,
            Valid = valid,
            Test = test,
            Features = features.Vectors,
            Tokens = features.Tokens,
            Notes = notes,
            Import = new()
            {
                Rows = rows,
                Encoding = file.EncodingName,
                Delimiter = '\t',
                HasHeader = true,
                Used = [.. used.Where(u => u.Column >= 0).Select(u => (header[u.Column], u.Use))],
                Unused = [.. header.Index().Where(h => used.All(u => u.Column != h.Index)).Select(h => h.Item)],
                TimeForm = time < 0 ? null : times.Form,
                Bad = bad.ByReason,
                FirstBad = bad.First,
            },
        };

        int Require(string column) => Array.IndexOf(header, column) is var at and >= 0
            ? at
            : throw new DatasetException($"{path} has no column {column}; its header has {string.Join(", ", header)} (tab separated).");
    }

    private static bool TryId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id < int.MaxValue;

    private static string NoId(string column, string text) => $"{column} is \"{text}\"; ids are whole numbers, dense, from 0";

    private sealed class Rows
    {
        public List<int> Users { get; } = [];

        public List<int> Items { get; } = [];

        private List<long> Times { get; } = [];

        public void Add(int user, int item, long time)
        {
            Users.Add(user);
            Items.Add(item);
            Times.Add(time);
        }

        public DatasetSplit ToSplit(bool timed) => new([.. Users], [.. Items], timed ? [.. Times] : null);
    }
}
