namespace Rearm.Streaming.Datasets.Csv;

/// <summary>Counts the rows that can't be used, and stops at one too many.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="max">How many may be left out.</param>
internal sealed class BadRows(string path, int max)
{
    private const int Shown = 10;
    private readonly Dictionary<string, int> _byReason = new(StringComparer.Ordinal);
    private readonly List<string> _first = [];
    private int _count;

    /// <summary>How many, by reason.</summary>
    public IReadOnlyList<(string Reason, int Rows)> ByReason => [.. _byReason.Select(r => (r.Key, r.Value))];

    /// <summary>The first few, with line and reason.</summary>
    public IReadOnlyList<string> First => _first;

    /// <summary>Notes one.</summary>
    /// <param name="line">Where it begins, from 1.</param>
    /// <param name="kind">What is wrong in a few words, the same for all such rows.</param>
    /// <param name="detail">What is wrong with this one.</param>
    /// <exception cref="DatasetException">It is one too many.</exception>
    public void Add(int line, string kind, string detail)
    {
        _count++;
        _byReason[kind] = _byReason.GetValueOrDefault(kind) + 1;
        if (_first.Count < Shown)
            _first.Add($"line {line}: {detail}");
        if (_count <= max)
            return;
        throw new DatasetException(max == 0
            ? $"{path}, line {line}: {detail}. (--max-bad-rows N leaves out up to N such rows.)"
            : $"{path} has more than {max} rows that can't be used (--max-bad-rows): {string.Join("; ", _first)}.");
    }
}
