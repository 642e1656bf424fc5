using System.Globalization;

namespace Rearm.Streaming.Datasets;

/// <summary>
/// Reads MMRec's layout: NAME.inter, tab separated with a header of userID, itemID, x_label (0 train, 1 valid, 2 test) and perhaps
/// timestamp, and feature files beside it. Ratings are not used: feedback is implicit.
/// </summary>
internal static class InterDatasetReader
{
    public const string Extension = ".inter";
    private const string UserColumn = "userID";
    private const string ItemColumn = "itemID";
    private const string TimeColumn = "timestamp";
    private const string LabelColumn = "x_label";

    /// <summary>Reads a file and the features in its folder.</summary>
    /// <exception cref="DatasetException">A column is missing, or a line has something else than it should.</exception>
    public static Dataset Read(string path)
    {
        using var reader = TextFile.Open(path);
        var header = reader.ReadLine()?.TrimEnd('\r').Split('\t') ?? throw new DatasetException($"{path} is empty; a header with {UserColumn}, {ItemColumn} and {LabelColumn} is needed.");
        int user = Require(UserColumn), item = Require(ItemColumn), label = Require(LabelColumn), time = Array.IndexOf(header, TimeColumn);
        var splits = new[] { new Rows(), new Rows(), new Rows() };
        var number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0)
                continue;
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
                split.Times.Add(EventTime.TryParse(fields[time], out var milliseconds)
                    ? milliseconds
                    : throw new DatasetException($"{path}, line {number}: {TimeColumn} is \"{fields[time]}\"; {EventTime.Forms} is needed."));
        }

        var (train, valid, test) = (splits[0].ToSplit(time >= 0), splits[1].ToSplit(time >= 0), splits[2].ToSplit(time >= 0));
        var notes = new List<string>();
        var items = DenseIds.Count(train.Items, valid.Items, test.Items);
        var features = FeatureFiles.Read(Path.GetDirectoryName(Path.GetFullPath(path))!, items, new HashSet<string>(), notes);
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
