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

    /// <summary>Reads a file and the features in its folder.</summary>
    /// <exception cref="DatasetException">A column is missing, or a line has something else than it should.</exception>
    public static Dataset Read(string path, ImportOptions options)
    {
        var file = TextFile.Find(path, options.Encoding);
        var header = file.FirstLine()?.TrimEnd('\r').Split('\t') ?? throw new DatasetException($"{path} is empty; a header with {UserColumn}, {ItemColumn} and {LabelColumn} is needed.");
        return header.Any(name => name.EndsWith(RecBoleId, StringComparison.Ordinal))
            ? CsvDatasetReader.Read(path, options with { Delimiter = '\t', HasHeader = true })
            : file.Read(reader => Read(reader, file, header, options));
    }

    private static Dataset Read(StreamReader reader, TextFile file, string[] header, ImportOptions options)
    {
        var path = file.Path;
        int user = Require(UserColumn), item = Require(ItemColumn), label = Require(LabelColumn), time = options.NoTimes ? -1 : Array.IndexOf(header, TimeColumn);
        var times = new TimeReader(options.TimeFormat);
        var splits = new[] { new Rows(), new Rows(), new Rows() };
        var (number, hasHeader) = (0, false);
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
            var fields = line.TrimEnd('\r').Split('\t');
            if (fields.Length != header.Length)
                throw new DatasetException($"{path}, line {number} has {fields.Length} fields; the header has {header.Length}.");
            var split = fields[label] switch
            {
                "0" => splits[0],
                "1" => splits[1],
                "2" => splits[2],
                _ => throw new DatasetException($"{path}, line {number}: {LabelColumn} is \"{fields[label]}\"; 0 (train), 1 (valid) or 2 (test) is needed."),
            };
            split.Users.Add(Id(UserColumn, fields[user]));
            split.Items.Add(Id(ItemColumn, fields[item]));
            if (time >= 0)
                split.Times.Add(times.TryRead(fields[time], out var milliseconds, out var problem)
                    ? milliseconds
                    : throw new DatasetException($"{path}, line {number}: {TimeColumn} {problem}. (--no-times makes times up.)"));
        }

        var (train, valid, test) = (splits[0].ToSplit(time >= 0), splits[1].ToSplit(time >= 0), splits[2].ToSplit(time >= 0));
        var notes = new List<string>(TimeNotes.Of(time < 0 ? null : TimeColumn, isGuessed: false, [], times));
        var items = DenseIds.Count(train.Items, valid.Items, test.Items);
        var features = FeatureFiles.Read(Path.GetDirectoryName(Path.GetFullPath(path))!, items, new HashSet<string>(), notes);
        (int Column, string Use)[] used = [(user, "users"), (item, "items"), (label, "parts"), (time, "times")];
        return new Dataset
        {
            Name = Path.GetFileNameWithoutExtension(path),
            UserCount = DenseIds.Count(train.Users, valid.Users, test.Users),
            ItemCount = features.Count > 0 ? features[0].Items : items,
            Train = train,
            Valid = valid,
            Test = test,
            Features = features,
            Notes = notes,
            Import = new()
            {
                Rows = train.Count + valid.Count + test.Count,
                Encoding = file.EncodingName,
                Delimiter = '\t',
                HasHeader = true,
                Used = [.. used.Where(u => u.Column >= 0).Select(u => (header[u.Column], u.Use))],
                Unused = [.. header.Index().Where(h => used.All(u => u.Column != h.Index)).Select(h => h.Item)],
                TimeForm = time < 0 ? null : times.Form,
            },
        };

        int Require(string column) => Array.IndexOf(header, column) is var at and >= 0
            ? at
            : throw new DatasetException($"{path} has no column {column}; its header has {string.Join(", ", header)} (tab separated).");

        int Id(string column, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < int.MaxValue
            ? id
            : throw new DatasetException($"{path}, line {number}: {column} is \"{text}\"; ids are whole numbers, dense, from 0.");
    }

    private sealed class Rows
    {
        public readonly List<int> Users = [];
        public readonly List<int> Items = [];
        public readonly List<long> Times = [];

        public DatasetSplit ToSplit(bool timed) => new([.. Users], [.. Items], timed ? [.. Times] : null);
    }
}
