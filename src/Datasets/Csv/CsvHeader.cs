using System.Globalization;

namespace Rearm.Streaming.Datasets.Csv;

/// <summary>Where a file's columns are and what they are used for.</summary>
internal sealed class CsvHeader
{
    private static readonly HashSet<string> TimeNames = new(StringComparer.OrdinalIgnoreCase) { "timestamp", "time", "date", "ts", "datetime", "event_time" };
    private static readonly string[] RecBoleTypes = [":token", ":float", ":token_seq", ":float_seq"];

    private readonly string _path;
    private readonly IReadOnlyList<string> _names;
    private readonly bool _isNamed;

    /// <param name="path">The file, for errors.</param>
    /// <param name="first">The fields of its first row.</param>
    /// <param name="options">What is asked for.</param>
    /// <exception cref="DatasetException">A column is not there, or there more than once.</exception>
    public CsvHeader(string path, IReadOnlyList<string> first, ImportOptions options)
    {
        (_path, _isNamed) = (path, options.HasHeader);
        _names = _isNamed ? first : [.. Enumerable.Range(1, first.Count).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        User = Find(options.User, "--user-column");
        Item = Find(options.Item, "--item-column");
        Type = options.Type is null ? -1 : Find(options.Type, "--type-column");
        Where = [.. options.Where.Select(w => (Find(w.Key, "--where"), w.Value))];
        TimeCandidates = _isNamed && !options.NoTimes ? [.. _names.Where(name => TimeNames.Contains(Plain(name)))] : [];
        if (options.NoTimes)
            Time = -1;
        else if (options.Time is not null)
            Time = Find(options.Time, "--time-column");
        else
            (Time, IsTimeGuessed) = TimeCandidates is [var only] ? (_names.Index().First(n => n.Item == only).Index, true) : (-1, false);
    }

    /// <summary>Number of columns.</summary>
    public int Count => _names.Count;

    /// <summary>The column of users.</summary>
    public int User { get; }

    /// <summary>The column of items.</summary>
    public int Item { get; }

    /// <summary>The column of times, or -1.</summary>
    public int Time { get; }

    /// <summary>Whether the column of times was chosen by its name alone.</summary>
    public bool IsTimeGuessed { get; }

    /// <summary>The columns that are named like times.</summary>
    public IReadOnlyList<string> TimeCandidates { get; }

    /// <summary>The column of types, or -1.</summary>
    public int Type { get; }

    /// <summary>The values that columns must have.</summary>
    public (int Column, string Value)[] Where { get; }

    /// <summary>The columns used, and for what.</summary>
    public IReadOnlyList<(string Column, string Use)> Used =>
    [
        .. from use in new[] { (User, "users"), (Item, "items"), (Time, "times"), (Type, "types") }.Concat(Where.Select(w => (w.Column, "--where")))
           where use.Item1 >= 0
           select (NameOf(use.Item1), use.Item2),
    ];

    /// <summary>The columns that nothing is taken from.</summary>
    public IReadOnlyList<string> Unused =>
    [
        .. from column in _names.Index()
           where column.Index != User && column.Index != Item && column.Index != Time && column.Index != Type && Where.All(w => w.Column != column.Index)
           select column.Item,
    ];

    /// <summary>A column's name, or its number.</summary>
    public string NameOf(int column) => _isNamed ? _names[column] : $"column {_names[column]}";

    /// <summary>A name without RecBole's type: "user_id:token" is user_id.</summary>
    public static string Plain(string name) =>
        RecBoleTypes.FirstOrDefault(type => name.EndsWith(type, StringComparison.Ordinal)) is { } type ? name[..^type.Length] : name;

    private int Find(string column, string option)
    {
        int[] exact = [.. _names.Index().Where(n => n.Item == column).Select(n => n.Index)];
        int[] found = exact.Length > 0 || !_isNamed ? exact : [.. _names.Index().Where(n => Plain(n.Item) == column).Select(n => n.Index)];
        return found switch
        {
            [var only] => only,
            [] when !_isNamed => throw new DatasetException($"{_path}: {option} is \"{column}\"; without a header a column is its number, from 1 to {_names.Count}."),
            [] => throw new DatasetException($"{_path} has no column {column}; it has {string.Join(", ", _names)}. Name the one that is meant with {option}; --no-header if the first line is a row."),
            _ => throw new DatasetException($"{_path} has {found.Length} columns called {column}; rename one."),
        };
    }
}
