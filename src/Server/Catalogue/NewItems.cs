using System.Numerics.Tensors;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Items that the generation does not know. Where it has an item encoder, and the catalogue an item's features, the item has the vector that training would
/// give it. Otherwise one with neighbours that the generation knows has an interim vector: it points where the mean of theirs does, weighted by their cosines.
/// Where they agree on little that mean is short, and would rank below all of them; how long the vector is instead can be chosen. Immutable.
/// </summary>
internal sealed class NewItems
{
    // Of the neighbours' length: a sum that is shorter is what rounding left.
    private const float Least = 1e-4f;

    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly List<CatalogueItem> _items = [];
    private readonly List<string> _ids = [];
    private readonly List<ulong> _hashes = [];
    private readonly float[] _vectors;
    private readonly int _dimension;

    private NewItems(LoadedGeneration? generation, IReadOnlyList<KeyValuePair<string, CatalogueItem>> items, float length)
    {
        _dimension = generation?.Dimension ?? 0;
        var encoded = generation?.EncodedItems?.Look(items);
        var vectors = new List<float[]>();
        // Those with a vector first, so that the matrix has no holes; among them as a generation orders its rows.
        foreach (var (id, item) in items.OrderBy(i => StableHash.Of(i.Key)))
        {
            var ofFeatures = encoded?.GetValueOrDefault(id);
            if (generation is null || (ofFeatures ?? Interim(generation, item, length)) is not { } vector)
                continue;
            Add(id, item);
            vectors.Add(vector);
            Encoded += ofFeatures is null ? 0 : 1;
        }
        WithVector = vectors.Count;
        _vectors = [.. vectors.SelectMany(v => v)];
        InverseLengths = [.. vectors.Select(ItemVectors.InverseLength)];
        foreach (var (id, item) in items)
            if (!_rows.ContainsKey(id))
                Add(id, item);
    }

    /// <summary>None.</summary>
    public static NewItems None { get; } = new(null, [], 0);

    /// <summary>Rows 0 to this have a vector.</summary>
    public int WithVector { get; }

    /// <summary>1 / length of the vectors; 0 for one that is too short to have a direction.</summary>
    public IReadOnlyList<float> InverseLengths { get; }

    /// <summary>How many of those vectors are the item encoder's; the others are interim ones.</summary>
    public int Encoded { get; }

    /// <summary>External id per row.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The new ones among some items.</summary>
    /// <param name="generation">What is known.</param>
    /// <param name="items">Some of which it does not know.</param>
    /// <param name="length">How long interim vectors are, in the mean length of their neighbours', up to 10; 0: as the mean comes out.</param>
    public static NewItems Of(LoadedGeneration generation, IEnumerable<KeyValuePair<string, CatalogueItem>> items, float length) =>
        new(generation, [.. items.Where(i => !generation.TryGetItem(i.Key, out _))], length);

    /// <summary>The row of an item, if it is one of these.</summary>
    public bool TryGet(string itemId, out int row) => _rows.TryGetValue(itemId, out row);

    /// <summary>The stable hash of an item's id; those of rows below <see cref="WithVector"/> ascend.</summary>
    public ulong Hash(int row) => _hashes[row];

    /// <summary>The first row with a vector whose hash is at least so great; <see cref="WithVector"/> if there is none.</summary>
    public int FirstFrom(ulong hash)
    {
        var row = _hashes.BinarySearch(0, WithVector, hash, comparer: null);
        return row >= 0 ? row : ~row;
    }

    /// <summary>The vector of a row below <see cref="WithVector"/>.</summary>
    public ReadOnlySpan<float> Vector(int row) => _vectors.AsSpan(row * _dimension, _dimension);

    /// <summary>The categories of an item.</summary>
    public IReadOnlyCollection<string> Categories(int row) => _items[row].Categories;

    /// <summary>What an item looks like: its nearest by features among those that the generation knew when it came, with their cosines.</summary>
    public IEnumerable<(string ItemId, float Cosine)> Neighbors(int row) => _items[row].NeighborIds.Zip(_items[row].NeighborCosines);

    private static float[]? Interim(LoadedGeneration generation, CatalogueItem item, float length)
    {
        var vector = new float[generation.Dimension];
        var (weights, lengths) = (0f, 0f);
        for (var n = 0; n < item.NeighborIds.Count; n++)
            if (item.NeighborCosines[n] is > 0 and var cosine && generation.TryGetItem(item.NeighborIds[n], out var row))
            {
                TensorPrimitives.MultiplyAdd(generation.Items[row], cosine, vector, vector);
                weights += cosine;
                lengths += cosine * TensorPrimitives.Norm(generation.Items[row]);
            }
        if (weights == 0)
            return null;
        // Neighbours that cancel each other out say nothing about the direction.
        var own = TensorPrimitives.Norm<float>(vector);
        TensorPrimitives.Multiply(vector, length == 0 || own < Least * lengths ? 1 / weights : length * lengths / weights / own, vector);
        return vector;
    }

    private void Add(string id, CatalogueItem item)
    {
        _rows.Add(id, _ids.Count);
        _ids.Add(id);
        _hashes.Add(StableHash.Of(id));
        _items.Add(item);
    }
}
