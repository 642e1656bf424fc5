using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// A model generation in memory, ready to answer from. It never changes. Items are in order of the stable hash of their ids, so that
/// "the lower row first" breaks ties the same way in every generation and on every machine.
/// </summary>
internal sealed class LoadedGeneration
{
    private readonly Dictionary<string, int> _itemRows;
    private readonly Dictionary<string, (int Chunk, int Row)> _userRows;
    private readonly float[][] _userVectors;
    private readonly Dictionary<string, int[]> _itemsOfCategory;

    /// <summary>Loads chunks that <see cref="Contracts.Generations.GenerationCodec"/> has verified.</summary>
    /// <exception cref="ContractException">The chunks can't be served: numbers that are not finite, a duplicate id, no origin, too many items.</exception>
    public LoadedGeneration(StoredGeneration stored)
    {
        var (manifest, manifestBytes, items, users) = stored;
        if (manifest.Snapshot?.EventTime is null || manifest.PublishedAt is null)
            throw new ContractException($"The manifest of generation {manifest.Number} does not say what it was trained on or when it was published.");
        Manifest = manifest;
        ManifestBytes = manifestBytes;
        // An event may be a day ahead of the clock; that must not make what comes in meanwhile count as learned.
        var eventTime = manifest.Snapshot.EventTime.ToDateTimeOffset();
        var cutAt = (manifest.Snapshot.PublishedAt ?? manifest.PublishedAt).ToDateTimeOffset();
        LearnedUntil = (eventTime < cutAt ? eventTime : cutAt).ToUnixTimeMilliseconds();

        var places = items.SelectMany((chunk, c) => chunk.ItemIds.Select((id, row) => (Id: id, Hash: StableHash.Of(id), Chunk: c, Row: row))).ToArray();
        if ((long)places.Length * Dimension > Array.MaxLength)
            throw new ContractException($"Generation {manifest.Number} has {places.Length} items of {Dimension} numbers; one Server holds {Array.MaxLength / Dimension} of that width.");
        Array.Sort(places, static (a, b) => a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : string.CompareOrdinal(a.Id, b.Id));

        ItemIds = Array.ConvertAll(places, p => p.Id);
        ItemVectors = new float[places.Length * Dimension];
        InverseLengths = new float[places.Length];
        Popularity = Array.ConvertAll(places, p => items[p.Chunk].Popularity[p.Row]);
        Available = new ulong[ItemSet.WordsFor(places.Length)];
        _itemRows = new(places.Length);
        var available = new ItemSet(Available);
        var categories = new Dictionary<string, List<int>>();
        for (var row = 0; row < places.Length; row++)
        {
            var (id, _, c, r) = places[row];
            var vector = ItemVectors.AsSpan(row * Dimension, Dimension);
            Row(items[c].Vectors.Span, r).CopyTo(vector);
            RequireFinite("item", id, vector);
            var length = TensorPrimitives.Norm<float>(vector);
            InverseLengths[row] = length > 0 ? 1 / length : 0;
            if (!_itemRows.TryAdd(id, row))
                throw new ContractException($"Generation {manifest.Number} has item \"{id}\" twice.");
            if (items[c].Available[r])
                available.Add(row);
            foreach (var category in items[c].Categories[r].Values.Distinct())
                (CollectionsMarshal.GetValueRefOrAddDefault(categories, category, out _) ??= []).Add(row);
        }
        _itemsOfCategory = categories.ToDictionary(c => c.Key, c => c.Value.ToArray());
        ByPopularity = [.. Enumerable.Range(0, places.Length).OrderByDescending(row => Popularity[row])];

        _userVectors = new float[users.Count][];
        _userRows = new((int)manifest.Users);
        for (var c = 0; c < users.Count; c++)
        {
            _userVectors[c] = MemoryMarshal.Cast<byte, float>(users[c].Vectors.Span).ToArray();
            for (var row = 0; row < users[c].UserIds.Count; row++)
            {
                var id = users[c].UserIds[row];
                RequireFinite("user", id, _userVectors[c].AsSpan(row * Dimension, Dimension));
                if (!_userRows.TryAdd(id, (c, row)))
                    throw new ContractException($"Generation {manifest.Number} has user \"{id}\" twice.");
            }
        }
    }

    /// <summary>What the publisher said about it.</summary>
    public GenerationManifest Manifest { get; }

    /// <summary>The manifest as it was stored: what tells this generation from another.</summary>
    public byte[] ManifestBytes { get; }

    /// <summary>Width of the vectors.</summary>
    public int Dimension => Manifest.Dimension;

    /// <summary>
    /// Unix milliseconds: the vectors hold what was touched up to then, and nothing later. The newest event time its graph had read, but not beyond its
    /// cut.
    /// </summary>
    public long LearnedUntil { get; }

    /// <summary>External id per row.</summary>
    public string[] ItemIds { get; }

    /// <summary>Row-major, items x <see cref="Dimension"/>.</summary>
    public float[] ItemVectors { get; }

    /// <summary>1 / length of each item's vector; 0 for a zero vector.</summary>
    public float[] InverseLengths { get; }

    /// <summary>Distinct users per row.</summary>
    public int[] Popularity { get; }

    /// <summary>The rows, most users first.</summary>
    public int[] ByPopularity { get; }

    /// <summary>The rows that could be recommended when the model was trained, as an <see cref="ItemSet"/>.</summary>
    public ulong[] Available { get; }

    /// <summary>The row of an item, if the generation knows it.</summary>
    public bool TryGetItem(string itemId, out int row) => _itemRows.TryGetValue(itemId, out row);

    /// <summary>The vector of an item.</summary>
    public ReadOnlySpan<float> ItemVector(int row) => ItemVectors.AsSpan(row * Dimension, Dimension);

    /// <summary>The vector of a user; empty if the generation does not know the user.</summary>
    public ReadOnlySpan<float> UserVector(string userId) => _userRows.TryGetValue(userId, out var place)
        ? _userVectors[place.Chunk].AsSpan(place.Row * Dimension, Dimension)
        : [];

    /// <summary>The rows of a category; none if no item is in it.</summary>
    public ReadOnlySpan<int> ItemsOf(string category) => _itemsOfCategory.GetValueOrDefault(category);

    private ReadOnlySpan<float> Row(ReadOnlySpan<byte> vectors, int row) => MemoryMarshal.Cast<byte, float>(vectors).Slice(row * Dimension, Dimension);

    private void RequireFinite(string kind, string id, ReadOnlySpan<float> vector)
    {
        if (!TensorPrimitives.IsFiniteAll(vector))
            throw new ContractException($"Generation {Manifest.Number} has numbers that are not finite in the vector of {kind} \"{id}\".");
    }
}
