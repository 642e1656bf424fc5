using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// A model generation in memory, ready to answer from: its items; the users stay in Redis. It never changes, its caches aside. Items are in order of the
/// stable hash of their ids, so that "the lower row first" breaks ties the same way in every generation and on every machine.
/// </summary>
internal sealed class LoadedGeneration
{
    // Of a poll at most so much goes into vectors of new items.
    private static readonly TimeSpan EncodingTime = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, int> _itemRows;
    private readonly Dictionary<string, int[]> _itemsOfCategory;

    /// <summary>Loads chunks that <see cref="GenerationCodec"/> has verified.</summary>
    /// <param name="stored">What is in Redis.</param>
    /// <param name="cachedUsers">Users whose vectors are kept at most.</param>
    /// <exception cref="ContractException">
    /// The chunks can't be served: vectors that are not finite or too long, a duplicate id, no origin, too many items.
    /// </exception>
    public LoadedGeneration(StoredGeneration stored, int cachedUsers = 0)
    {
        var (manifest, manifestBytes, items) = stored;
        if (manifest.Snapshot?.EventTime is null || manifest.PublishedAt is null)
            throw new ContractException($"The manifest of generation {manifest.Number} does not say what it was trained on or when it was published.");
        Manifest = manifest;
        ManifestBytes = manifestBytes;
        CachedUsers = new(cachedUsers);
        // An event may be a day ahead of the clock; that must not make what comes in meanwhile count as learned.
        var eventTime = manifest.Snapshot.EventTime.ToDateTimeOffset();
        var cutAt = (manifest.Snapshot.PublishedAt ?? manifest.PublishedAt).ToDateTimeOffset();
        LearnedUntil = (eventTime < cutAt ? eventTime : cutAt).ToUnixTimeMilliseconds();

        var places = items.SelectMany((chunk, c) => chunk.ItemIds.Select((id, row) => (Id: id, Hash: StableHash.Of(id), Chunk: c, Row: row))).ToArray();
        if ((places.Length + 2L * CodeLayout.BlockRows) * (Dimension + 2 * CodeLayout.GroupColumns) > Array.MaxLength)
            throw new ContractException($"Generation {manifest.Number} has {places.Length} items of {Dimension} numbers; one Server holds {Array.MaxLength / Dimension} of that width.");
        Array.Sort(places, static (a, b) => a.Hash != b.Hash ? a.Hash.CompareTo(b.Hash) : string.CompareOrdinal(a.Id, b.Id));

        ItemIds = Array.ConvertAll(places, p => p.Id);
        var matrix = new float[places.Length * Dimension];
        Popularity = Array.ConvertAll(places, p => items[p.Chunk].Popularity[p.Row]);
        Available = new ulong[ItemSet.WordsFor(places.Length)];
        _itemRows = new(places.Length);
        var available = new ItemSet(Available);
        var categories = new Dictionary<string, List<int>>();
        for (var row = 0; row < places.Length; row++)
        {
            var (id, _, c, r) = places[row];
            var vector = matrix.AsSpan(row * Dimension, Dimension);
            Row(items[c].Vectors.Span, r).CopyTo(vector);
            RequireServable(id, vector);
            if (!_itemRows.TryAdd(id, row))
                throw new ContractException($"Generation {manifest.Number} has item \"{id}\" twice.");
            if (items[c].Available[r])
                available.Add(row);
            foreach (var category in items[c].Categories[r].Values.Distinct())
                (CollectionsMarshal.GetValueRefOrAddDefault(categories, category, out _) ??= []).Add(row);
        }
        Items = new(matrix, Dimension);
        UserEncoder = stored.UserEncoder is { } weights ? new(weights) : null;
        EncodedItems = stored.ItemEncoder is { } ofItems ? new(new ItemEncoder(ofItems), EncodingTime) : null;
        Graphs = ItemGraphs.Of(items, Array.ConvertAll(places, p => (p.Hash, p.Chunk, p.Row)));
        _itemsOfCategory = categories.ToDictionary(c => c.Key, c => c.Value.ToArray());
        ByPopularity = [.. Enumerable.Range(0, places.Length).OrderByDescending(row => Popularity[row])];
    }

    /// <summary>What the publisher said about it.</summary>
    public GenerationManifest Manifest { get; }

    /// <summary>The manifest as it was stored: what tells this generation from another.</summary>
    public byte[] ManifestBytes { get; }

    /// <summary>Width of the vectors.</summary>
    public int Dimension => Manifest.Dimension;

    /// <summary>The offset in a partition of the log up to which, itself excluded, the vectors hold what was touched; null: not known.</summary>
    public long? ReadUntil(int? partition) =>
        partition is { } number && Manifest.Snapshot.ReadUntil.TryGetValue(number, out var offset) ? offset : null;

    /// <summary>
    /// Unix milliseconds, where <see cref="ReadUntil"/> is not known: the vectors hold what was touched up to then, and nothing later. The newest event time its
    /// graph had read, but not beyond its cut.
    /// </summary>
    public long LearnedUntil { get; }

    /// <summary>External id per row.</summary>
    public string[] ItemIds { get; }

    /// <summary>The items' vectors.</summary>
    public ItemVectors Items { get; }

    /// <summary>What makes a user's vector from the newest items touched, trained with the items' vectors; null: users' vectors are learned.</summary>
    public UserEncoder? UserEncoder { get; }

    /// <summary>Vectors of items that it does not know, which go with it like those of users; null: it can make none. For the follower alone.</summary>
    public EncodedItems? EncodedItems { get; }

    /// <summary>Which items go with which, and how much, when the model was trained; none where the generation does not say.</summary>
    public IReadOnlyList<ItemGraph> Graphs { get; }

    /// <summary>Distinct users per row.</summary>
    public int[] Popularity { get; }

    /// <summary>The rows, most users first.</summary>
    public int[] ByPopularity { get; }

    /// <summary>The rows that could be recommended when the model was trained, as an <see cref="ItemSet"/>.</summary>
    public ulong[] Available { get; }

    /// <summary>The row of an item, if the generation knows it.</summary>
    public bool TryGetItem(string itemId, out int row) => _itemRows.TryGetValue(itemId, out row);

    /// <summary>The last row whose id has a stable hash up to this one; -1: none has.</summary>
    public int LastRowUpTo(ulong hash)
    {
        var (begin, end) = (0, ItemIds.Length);
        while (begin < end)
        {
            var middle = begin + (end - begin) / 2;
            if (StableHash.Of(ItemIds[middle]) <= hash)
                begin = middle + 1;
            else
                end = middle;
        }
        return begin - 1;
    }

    /// <summary>Vectors of users as they were in Redis, which has them all. They go with the generation, so none is ever taken for another one's.</summary>
    public CachedVectors CachedUsers { get; }

    /// <summary>The rows of each category when the model was trained.</summary>
    public IReadOnlyDictionary<string, int[]> ItemsOfCategory => _itemsOfCategory;

    private ReadOnlySpan<float> Row(ReadOnlySpan<byte> vectors, int row) => MemoryMarshal.Cast<byte, float>(vectors).Slice(row * Dimension, Dimension);

    private void RequireServable(string id, ReadOnlySpan<float> vector)
    {
        if (VectorRules.Problem(vector) is { } problem)
            throw new ContractException($"Generation {Manifest.Number} can't be served: the vector of item \"{id}\" {problem}.");
    }
}
