using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>
/// Which new items' features are in the live catalogue, for the served generation's item encoder to read: of as many as there is room for. Whoever asks first
/// gets it, until the generation changes.
/// </summary>
/// <param name="room">Bytes of all of them together.</param>
internal sealed class NewItemFeatures(long room)
{
    // Of a feature in an entry, besides name and numbers.
    private const int Overhead = 12;

    private readonly Dictionary<int, long> _bytes = [];
    private long _used;
    private IReadOnlyList<string> _modalities = [];

    /// <summary>The items whose features are there.</summary>
    public IReadOnlyCollection<int> Items => _bytes.Keys;

    /// <summary>Whether an item had to do without since the generation changed.</summary>
    public bool IsFull { get; private set; }

    /// <summary>All room is free again.</summary>
    /// <param name="modalities">What the generation's item encoder reads, in its order; none: it has none.</param>
    public void Restart(IReadOnlyList<string> modalities)
    {
        _bytes.Clear();
        (_used, _modalities, IsFull) = (0, modalities, false);
    }

    /// <summary>An item needs no room any more.</summary>
    public void Release(int item)
    {
        if (_bytes.Remove(item, out var bytes))
            _used -= bytes;
    }

    /// <summary>A new item's features as its entry is to have them; none if it has no vector that the encoder reads, or there is no room.</summary>
    public CatalogueFeature[] Take(int item, ItemState state)
    {
        Release(item);
        if (!_modalities.Any(name => state.Feature(name).IsPresent))
            return [];
        var bytes = _modalities.Sum(name => (long)state.Feature(name).Bytes.Length + name.Length + Overhead);
        if (_used + bytes > room)
        {
            IsFull = true;
            return [];
        }
        _bytes.Add(item, bytes);
        _used += bytes;
        return [.. _modalities.Select(name => CatalogueFeatures.Write(name, state.Feature(name)))];
    }
}
