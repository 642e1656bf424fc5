namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The width of each modality: the one that most available items have, the greater of equals. Items with another width count as being without
/// the modality until they are sent again, so a shop may change its embedding model whenever it likes: the new width takes over with the item that
/// makes it the more frequent one. Nothing but what items hold now decides, so a restart changes nothing.
/// </summary>
internal sealed class ModalityWidths
{
    /// <summary>Modalities in use: each costs a vector per item in every snapshot, so made-up names must not add up.</summary>
    public const int MaxModalities = 32;

    // Available items by name and width.
    private readonly SortedDictionary<string, SortedDictionary<int, int>> _holders = new(StringComparer.Ordinal);
    private IReadOnlyList<Modality>? _inUse;
    private IReadOnlyList<string>? _unused;

    /// <summary>An item's description has changed.</summary>
    public void Replace(ItemState current, ItemState next)
    {
        Count(current, -1);
        Count(next, +1);
        (_inUse, _unused) = (null, null);
    }

    /// <summary>The modalities in use, by ordinal order of name: those with the most holders if there are too many.</summary>
    public IReadOnlyList<Modality> InUse => _inUse ??= Elect();

    /// <summary>Modalities beyond <see cref="MaxModalities"/>, which no snapshot has; the first 20.</summary>
    public IReadOnlyList<string> Unused => _unused ??= _holders.Count <= MaxModalities ? [] : [.. _holders.Keys.Except(InUse.Select(m => m.Name)).Take(20)];

    private List<Modality> Elect()
    {
        var all = _holders.Select(h => Elect(h.Key, h.Value)).ToList();
        return all.Count <= MaxModalities
            ? all
            : [.. all.OrderByDescending(m => m.Items).ThenBy(m => m.Name, StringComparer.Ordinal).Take(MaxModalities).OrderBy(m => m.Name, StringComparer.Ordinal)];
    }

    private static Modality Elect(string name, SortedDictionary<int, int> widths)
    {
        var (width, most, all) = (0, 0, 0);
        foreach (var (candidate, items) in widths)
        {
            all += items;
            // Widths ascend, so the greater of equals comes last.
            if (items >= most)
                (width, most) = (candidate, items);
        }
        return new(name, width, most, all - most);
    }

    private void Count(ItemState item, int change)
    {
        if (item.Hidden)
            return;
        foreach (var (name, vector) in item.Features)
        {
            if (!_holders.TryGetValue(name, out var widths))
                _holders.Add(name, widths = []);
            var count = widths.GetValueOrDefault(vector.Dimension) + change;
            if (count > 0)
                widths[vector.Dimension] = count;
            else
                widths.Remove(vector.Dimension);
            if (widths.Count == 0)
                _holders.Remove(name);
        }
    }
}
