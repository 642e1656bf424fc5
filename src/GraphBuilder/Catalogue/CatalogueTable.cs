using System.Text;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>
/// What the catalogue in Redis holds, as far as is known, and what it should hold: 16 bytes per item, and the neighbours of the new ones. Which items have
/// changed is seen by comparing references, so nothing has to be told, and nothing is lost when a write fails.
/// </summary>
/// <param name="featureBytes">Bytes of new items' features at most.</param>
internal sealed class CatalogueTable(long featureBytes)
{
    private readonly NewItemFeatures _features = new(featureBytes);
    private readonly List<ItemState?> _considered = [];
    private readonly List<ulong> _stored = [];
    private readonly Dictionary<int, (int Item, float Cosine)[]> _neighbors = [];
    private readonly HashSet<int> _dirty = [];

    // The last to come is the first to be looked at: it is what the shop is waiting for.
    private readonly Stack<int> _pending = [];

    // Entries that Redis has of items that the state does not know, with their checksums.
    private Dictionary<string, ulong> _strays = [];
    private bool _removes;

    /// <summary>Entries in Redis.</summary>
    public long Count { get; private set; }

    /// <summary>Their checksum.</summary>
    public ulong Checksum { get; private set; }

    /// <summary>Whether new items are waiting for their neighbours.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>Whether there was no room for the features of some new items.</summary>
    public bool HasNoRoom => _features.IsFull;

    /// <summary>The checksum of an item's entry in Redis; 0 if it has none.</summary>
    public ulong Stored(ItemsPicture picture, int item)
    {
        Grow(picture);
        return _stored[item];
    }

    /// <summary>Takes what Redis was found to hold. Everything is compared anew.</summary>
    /// <param name="picture">The items.</param>
    /// <param name="found">The entries' checksums, by item; the table's from now on.</param>
    /// <param name="removes">Whether what the state does not describe is to go: not while a log is read again, which may do so further on.</param>
    public void Load(ItemsPicture picture, Dictionary<string, ulong> found, bool removes)
    {
        (_strays, _removes) = ([], removes);
        Grow(picture);
        (Count, Checksum) = (found.Count, found.Values.Aggregate(0UL, (sum, hash) => unchecked(sum + hash)));
        for (var item = 0; item < _stored.Count; item++)
        {
            _dirty.Add(item);
            _stored[item] = found.Remove(Id(picture, item), out var hash) ? hash : 0;
        }
        _strays = found;
    }

    /// <summary>Notices what has changed since the last call.</summary>
    public void Consider(ItemsPicture picture)
    {
        Grow(picture);
        for (var item = 0; item < picture.Items.Count; item++)
        {
            var (before, now) = (_considered[item], picture.Items[item]);
            if (ReferenceEquals(before, now))
                continue;
            _considered[item] = now;
            _dirty.Add(item);
            if (before is not null && before.Features.SequenceEqual(now.Features))
                continue;
            _neighbors.Remove(item);
            _pending.Push(item);
        }
    }

    /// <summary>
    /// There is another generation, or another space: the neighbours of all new items have to be found again, and their features are needed or not.
    /// </summary>
    public void Follow(ItemsPicture picture, KnownItems known)
    {
        Grow(picture);
        _dirty.UnionWith(_neighbors.Keys);
        _dirty.UnionWith(_features.Items);
        _neighbors.Clear();
        _features.Restart(known.EncodedModalities);
        _pending.Clear();
        for (var item = 0; item < picture.Items.Count; item++)
        {
            _pending.Push(item);
            if (known.EncodedModalities.Count > 0 && picture.Items[item].Features.Length > 0 && !known.Contains(picture.Ids[item]))
                _dirty.Add(item);
        }
    }

    /// <summary>The next items whose neighbours are to be found; fewer, or none, if no more are new.</summary>
    public int[] TakePending(ItemsPicture picture, KnownItems known, int most)
    {
        var taken = new List<int>(most);
        while (taken.Count < most && _pending.TryPop(out var item))
            if (picture.Items[item] is { Described: true, Deleted: false, Features.Length: > 0 } && !_neighbors.ContainsKey(item)
                && !known.Contains(picture.Ids[item]))
                taken.Add(item);
        return [.. taken];
    }

    /// <summary>Takes an item's neighbours.</summary>
    public void SetNeighbors(int item, (int Item, float Cosine)[] neighbors)
    {
        if (neighbors.Length == 0)
            return;
        _neighbors[item] = neighbors;
        _dirty.Add(item);
    }

    /// <summary>What Redis lacks.</summary>
    public List<(int Item, CatalogueChange Change)> Changes(ItemsPicture picture, KnownItems known)
    {
        var changes = new List<(int, CatalogueChange)>();
        // The last to come first: where there is no room for all, it is what the shop is waiting for.
        foreach (var item in _dirty.OrderDescending())
        {
            var entry = Entry(picture, item, known);
            if (entry is null && !_removes)
                continue;
            var id = Id(picture, item);
            if ((entry is null ? 0 : CatalogueChecksum.Of(id, entry)) != _stored[item])
                changes.Add((item, new(id, entry)));
        }
        _dirty.Clear();
        if (_removes)
            changes.AddRange(_strays.Keys.Select(id => (-1, new CatalogueChange(id, null))));
        return changes;
    }

    /// <summary>What count and checksum will be once changes are in Redis.</summary>
    public (long Count, ulong Checksum) After(IEnumerable<(int Item, CatalogueChange Change)> changes)
    {
        var (count, sum) = (Count, Checksum);
        foreach (var (item, change) in changes)
        {
            var before = item >= 0 ? _stored[item] : _strays.GetValueOrDefault(change.ItemId);
            var after = change.Entry is null ? 0 : CatalogueChecksum.Of(change.ItemId, change.Entry);
            count += (after == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
            sum = unchecked(sum + after - before);
        }
        return (count, sum);
    }

    /// <summary>Changes are in Redis.</summary>
    public void Written(IEnumerable<(int Item, CatalogueChange Change)> changes, (long Count, ulong Checksum) after)
    {
        foreach (var (item, change) in changes)
            if (item >= 0)
                _stored[item] = change.Entry is null ? 0 : CatalogueChecksum.Of(change.ItemId, change.Entry);
            else
                _strays.Remove(change.ItemId);
        (Count, Checksum) = after;
    }

    public static string Id(ItemsPicture picture, int item) => Encoding.UTF8.GetString(picture.Ids[item]!);

    private byte[]? Entry(ItemsPicture picture, int item, KnownItems known)
    {
        var state = picture.Items[item];
        _features.Release(item);
        if (!state.Described || state.Deleted)
            return null;
        var entry = new CatalogueItem { Categories = { state.Categories } };
        if (state.Attributes.Length > 0)
            entry.Attributes = new();
        foreach (var (name, value) in state.Attributes)
            entry.Attributes.Values.Add(name, value);
        foreach (var (neighbor, cosine) in _neighbors.GetValueOrDefault(item) ?? [])
        {
            entry.NeighborIds.Add(Id(picture, neighbor));
            entry.NeighborCosines.Add(cosine);
        }
        if (known.EncodedModalities.Count > 0 && state.Features.Length > 0 && !known.Contains(picture.Ids[item]))
            entry.Features.Add(_features.Take(item, state));
        return entry.ToByteArray();
    }

    private void Grow(ItemsPicture picture)
    {
        while (_stored.Count < picture.Items.Count)
        {
            // Redis may have an entry of it already.
            _stored.Add(_strays.Count > 0 && _strays.Remove(Id(picture, _stored.Count), out var stored) ? stored : 0);
            _considered.Add(null);
        }
    }
}
