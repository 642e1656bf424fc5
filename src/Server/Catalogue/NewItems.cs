using System.Numerics.Tensors;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Items that the generation does not know. Where it has an item encoder, and the catalogue an item's features, the item has the vector that training would
/// give it. Otherwise one with neighbours that the generation knows has an interim vector: it points where the mean of theirs does, weighted by their cosines.
/// Where they agree on little that mean is short, and would rank below all of them; how long the vector is instead can be chosen. Immutable.
/// </summary>
internal sealed class NewItems
{
    /// <summary>A neighbour's weight is its cosine to this power (docs/model.md, "Between trainings").</summary>
    public const float WeightPower = 1;

    // Of the neighbours' length: a sum that is shorter is what rounding left.
    private const float Least = 1e-4f;

    // Of the coded ones, so many may come without a code, or else so many, before all are coded anew: a change costs about as many codes.
    private const int Share = 8;
    private const int LeastWithout = 256;

    // Those with a vector first; among them as a generation orders its rows.
    private readonly Entry[] _entries;

    // By code; -1 for one that has changed or gone since.
    private readonly int[] _rowOfCode;

    private NewItems(Entry[] entries, ItemCodes? codes, int coded)
    {
        (_entries, WithVector, Codes) = (entries, entries.TakeWhile(e => e.Vector is not null).Count(), codes);
        if (entries.Take(WithVector).Count(e => e.Code < 0) > Math.Max(LeastWithout, coded / Share))
        {
            coded = 0;
            for (var row = 0; row < WithVector; row++)
                entries[row] = entries[row] with { Code = VectorRules.Problem(entries[row].Vector) is null ? coded++ : -1 };
            Codes = new([.. entries.Where(e => e.Code >= 0).SelectMany(e => e.Vector!)], entries[0].Vector!.Length);
        }
        _rowOfCode = new int[coded];
        Array.Fill(_rowOfCode, -1);
        for (var row = 0; row < WithVector; row++)
            if (entries[row].Code >= 0)
                _rowOfCode[entries[row].Code] = row;
        NotCoded = [.. Enumerable.Range(0, WithVector).Where(row => entries[row].Code < 0)];
    }

    /// <summary>None.</summary>
    public static NewItems None { get; } = new([], null, 0);

    /// <summary>How many there are.</summary>
    public int Count => _entries.Length;

    /// <summary>Rows 0 to this have a vector.</summary>
    public int WithVector { get; }

    /// <summary>How many of those vectors are the item encoder's; the others are interim ones.</summary>
    public int Encoded => _entries.Count(e => e.IsEncoded);

    /// <summary>Vectors of most items, as a search reads them first; null: there are too few to be worth it.</summary>
    public ItemCodes? Codes { get; }

    /// <summary>The rows with a vector that has no code.</summary>
    public int[] NotCoded { get; }

    /// <summary>The row whose vector a row of <see cref="Codes"/> is of; -1: nobody's any more.</summary>
    public int RowOf(int code) => code < _rowOfCode.Length ? _rowOfCode[code] : -1;

    /// <summary>The new ones among some items.</summary>
    /// <param name="generation">What is known.</param>
    /// <param name="items">Some of which it does not know.</param>
    /// <param name="length">How long interim vectors are, in the mean length of their neighbours', up to 10; 0: as the mean comes out.</param>
    /// <param name="power">To which neighbours' cosines are raised.</param>
    public static NewItems Of(
        LoadedGeneration generation, IEnumerable<KeyValuePair<string, CatalogueItem>> items, float length, float power = WeightPower)
    {
        KeyValuePair<string, CatalogueItem>[] unknown = [.. items.Where(i => !generation.TryGetItem(i.Key, out _))];
        return new(Entries(generation, unknown, generation.EncodedItems?.Look(unknown), length, power), null, 0);
    }

    /// <summary>
    /// The same once some items have changed: what <see cref="Of"/> would give. Only their vectors are made, and those that wait for the item encoder.
    /// </summary>
    /// <param name="changed">Items, some of which the generation may know.</param>
    /// <param name="generation">As it was.</param>
    /// <param name="live">The items now.</param>
    /// <param name="length">As it was.</param>
    public NewItems After(IEnumerable<string> changed, LoadedGeneration generation, LiveItems live, float length)
    {
        var ids = new HashSet<string>(changed.Where(id => !generation.TryGetItem(id, out _)), StringComparer.Ordinal);
        if (generation.EncodedItems is { } waiting)
            ids.UnionWith(waiting.Waiting);
        if (ids.Count == 0)
            return this;
        KeyValuePair<string, CatalogueItem>[] there = [.. ids.Where(id => live.Find(id) is not null).Select(id => KeyValuePair.Create(id, live.Find(id)!))];
        generation.EncodedItems?.Forget(ids.Where(id => live.Find(id) is null));
        var fresh = Entries(generation, there, generation.EncodedItems?.LookAt(there), length, WeightPower);
        var entries = new List<Entry>(_entries.Length + fresh.Length);
        var next = 0;
        foreach (var entry in _entries)
        {
            if (ids.Contains(entry.Id))
                continue;
            while (next < fresh.Length && fresh[next].CompareTo(entry) < 0)
                entries.Add(fresh[next++]);
            entries.Add(entry);
        }
        entries.AddRange(fresh.AsSpan(next));
        return new([.. entries], Codes, _rowOfCode.Length);
    }

    /// <summary>The row of an item, if it is one of these.</summary>
    public bool TryGet(string itemId, out int row)
    {
        var hash = StableHash.Of(itemId);
        row = Array.BinarySearch(_entries, 0, WithVector, new(hash, itemId, null!, []));
        if (row < 0)
            row = Array.BinarySearch(_entries, WithVector, _entries.Length - WithVector, new(hash, itemId, null!, null));
        return row >= 0;
    }

    /// <summary>The external id of a row.</summary>
    public string Id(int row) => _entries[row].Id;

    /// <summary>The stable hash of an item's id; those of rows below <see cref="WithVector"/> ascend.</summary>
    public ulong Hash(int row) => _entries[row].Hash;

    /// <summary>The first row with a vector whose hash is at least so great; <see cref="WithVector"/> if there is none.</summary>
    public int FirstFrom(ulong hash) => ~Array.BinarySearch(_entries, 0, WithVector, new(hash, "", null!, []));

    /// <summary>1 / length of a vector; 0 for one that is too short to have a direction.</summary>
    public float InverseLength(int row) => _entries[row].InverseLength;

    /// <summary>The vector of a row below <see cref="WithVector"/>.</summary>
    public ReadOnlySpan<float> Vector(int row) => _entries[row].Vector;

    /// <summary>The categories of an item.</summary>
    public IReadOnlyCollection<string> Categories(int row) => _entries[row].Item.Categories;

    /// <summary>What an item looks like: its nearest by features among those that the generation knew when it came, with their cosines.</summary>
    public IEnumerable<(string ItemId, float Cosine)> Neighbors(int row) => _entries[row].Item.NeighborIds.Zip(_entries[row].Item.NeighborCosines);

    private static Entry[] Entries(
        LoadedGeneration generation, KeyValuePair<string, CatalogueItem>[] items, IReadOnlyDictionary<string, float[]>? encoded, float length,
        float power)
    {
        var entries = Array.ConvertAll(items, i => encoded?.GetValueOrDefault(i.Key) is { } ofFeatures
            ? new Entry(StableHash.Of(i.Key), i.Key, i.Value, ofFeatures) { IsEncoded = true }
            : new Entry(StableHash.Of(i.Key), i.Key, i.Value, Interim(generation, i.Value, length, power)));
        Array.Sort(entries);
        return entries;
    }

    private static float[]? Interim(LoadedGeneration generation, CatalogueItem item, float length, float power)
    {
        var vector = new float[generation.Dimension];
        var (weights, lengths) = (0f, 0f);
        for (var n = 0; n < item.NeighborIds.Count; n++)
            if (item.NeighborCosines[n] is > 0 and var cosine && generation.TryGetItem(item.NeighborIds[n], out var row))
            {
                var weight = power == 1 ? cosine : MathF.Pow(cosine, power);
                TensorPrimitives.MultiplyAdd(generation.Items[row], weight, vector, vector);
                weights += weight;
                lengths += weight * TensorPrimitives.Norm(generation.Items[row]);
            }
        // No neighbours, or none that the model has learned anything about: their vectors are zeros.
        if (lengths == 0)
            return null;
        // Neighbours that cancel each other out say nothing about the direction.
        var own = TensorPrimitives.Norm<float>(vector);
        TensorPrimitives.Multiply(vector, length == 0 || own <= Least * lengths ? 1 / weights : length * lengths / weights / own, vector);
        return vector;
    }

    private sealed record Entry(ulong Hash, string Id, CatalogueItem Item, float[]? Vector) : IComparable<Entry>
    {
        public int Code { get; init; } = -1;

        public bool IsEncoded { get; init; }

        public float InverseLength { get; } = Vector is null ? 0 : ItemVectors.InverseLength(Vector);

        public int CompareTo(Entry? other) =>
            Vector is null != other!.Vector is null ? (Vector is null ? 1 : -1)
            : Hash != other.Hash ? Hash.CompareTo(other.Hash)
            : string.CompareOrdinal(Id, other.Id);
    }
}
