namespace Rearm.Streaming.Datasets.Csv;

/// <summary>Gives ids the numbers 0, 1, 2, ... in the order in which they come.</summary>
internal sealed class Numbering
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The ids, by number.</summary>
    public List<string> Ids { get; } = [];

    /// <summary>The number of an id.</summary>
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
