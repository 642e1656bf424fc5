using System.Text;
using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Event types that were read but that the configuration does not name, with the number of events: most likely slips, so the status lists them.</summary>
internal sealed class UnnamedTypes
{
    private const int MaxTypes = 50;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public UnnamedTypes() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Events by type; types beyond the first 50 are not listed.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(ReadOnlySpan<byte> type)
    {
        // The rules allow no longer names.
        Span<char> chars = stackalloc char[EventRules.MaxNameLength];
        var name = chars[..Encoding.UTF8.GetChars(type, chars)];
        if (_lookup.TryGetValue(name, out var count) || _counts.Count < MaxTypes)
            _lookup[name] = count + 1;
    }
}
