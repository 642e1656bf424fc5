namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The width of each modality: that of the vectors held now. The first vector sets it, the last one to go frees it, so a first vector of
/// the wrong width is put right by sending that item again. Nothing but held vectors decides, so a restart changes nothing.
/// </summary>
internal sealed class ModalityDimensions
{
    /// <summary>Modalities over all items: each costs a vector per item in every snapshot, so made-up names must not add up.</summary>
    public const int MaxModalities = 32;

    private readonly SortedDictionary<string, (int Dimension, int Holders)> _held = new(StringComparer.Ordinal);

    /// <summary>Modalities held, in ordinal order, with their widths.</summary>
    public IEnumerable<(string Name, int Dimension)> Held => _held.Select(h => (h.Key, h.Value.Dimension));

    /// <summary>Why <paramref name="next"/> can't take the place of <paramref name="current"/>, or null when it can.</summary>
    public string? Mismatch(ItemState current, ItemState next)
    {
        foreach (var (name, vector) in next.Features)
            if (_held.TryGetValue(name, out var held) && held.Dimension != vector.Length
                // The only holder may change its mind.
                && !(held.Holders == 1 && current.Features.ContainsKey(name)))
                return $"features[{name}]: has {vector.Length} numbers; the shop's other items have {held.Dimension}";
        var added = next.Features.Keys.Count(name => !_held.ContainsKey(name));
        if (_held.Count + added > MaxModalities)
            return $"features: {added} more modalities on top of the {_held.Count} that the shop has; at most {MaxModalities}";
        return null;
    }

    public void Replace(ItemState current, ItemState next)
    {
        foreach (var name in current.Features.Keys)
            if (_held[name] is var (dimension, holders) && holders > 1)
                _held[name] = (dimension, holders - 1);
            else
                _held.Remove(name);
        foreach (var (name, vector) in next.Features)
            _held[name] = (vector.Length, _held.TryGetValue(name, out var held) ? held.Holders + 1 : 1);
    }
}
