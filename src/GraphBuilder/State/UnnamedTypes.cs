using System.Text;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Event types that were read but that the configuration does not name, with the number of events: most likely slips, so the status lists them.</summary>
internal sealed class UnnamedTypes
{
    private const int MaxTypes = 50;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Events by type; types beyond the first 50 are not listed.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(ReadOnlySpan<byte> type)
    {
        var name = Encoding.UTF8.GetString(type);
        if (_counts.TryGetValue(name, out var count) || _counts.Count < MaxTypes)
            _counts[name] = count + 1;
    }
}
