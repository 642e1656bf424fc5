using System.IO.Hashing;
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

    /// <summary>Loads chunks that <see cref="GenerationCodec"/> has verified.</summary>
    /// <param name="stored">What is in Redis.</param>
    /// <param name="cachedUsers">Users whose vectors are kept at most.</param>
    /// <exception cref="ContractException">
    /// The chunks can't be served: vectors that are not finite or too long, a duplicate id, no origin, too many items.
    /// </exception>
    public LoadedGeneration(StoredGeneration stored, int cachedUsers = 0)
        : this(stored, ItemLoading.Of(stored), cachedUsers)
    {
    }

    /// <inheritdoc cref="LoadedGeneration(StoredGeneration, int)"/>
    /// <param name="stored">What is in Redis; its items are not looked at.</param>
    /// <param name="loading">Has its items, all of them.</param>
    /// <param name="cachedUsers">Users whose vectors are kept at most.</param>
    public LoadedGeneration(StoredGeneration stored, ItemLoading loading, int cachedUsers)
    {
        var manifest = stored.Manifest;
        if (manifest.Snapshot?.EventTime is null || manifest.PublishedAt is null)
            throw new ContractException($"The manifest of generation {manifest.Number} does not say what it was trained on or when it was published.");
        Manifest = manifest;
        ManifestBytes = stored.ManifestBytes;
        ItemsHash = HashOf(manifest.ItemChunks);
        CachedUsers = new(cachedUsers);
        // An event may be a day ahead of the clock; that must not make what comes in meanwhile count as learned.
        var eventTime = manifest.Snapshot.EventTime.ToDateTimeOffset();
        var cutAt = (manifest.Snapshot.PublishedAt ?? manifest.PublishedAt).ToDateTimeOffset();
        LearnedUntil = (eventTime < cutAt ? eventTime : cutAt).ToUnixTimeMilliseconds();

        var items = loading.Finish();
        ItemIds = items.Ids;
        Popularity = items.Popularity;
        Available = items.Available;
        ItemsOfCategory = items.ItemsOfCategory;
        Graphs = items.Graphs;
        Items = new(items.Matrix, Dimension);
        UserEncoder = stored.UserEncoder is { } weights ? new(weights) : null;
        EncodedItems = stored.ItemEncoder is { } ofItems ? new(new ItemEncoder(ofItems), EncodingTime) : null;
        ByPopularity = MostFirst(Popularity);
    }

    /// <summary>What the publisher said about it.</summary>
    public GenerationManifest Manifest { get; }

    /// <summary>The manifest as it was stored: what tells this generation from another.</summary>
    public byte[] ManifestBytes { get; }

    /// <summary>Tells its items from those that it had before one was taken out: the number stays the same then, and rows do not.</summary>
    public uint ItemsHash { get; }

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

    /// <summary>External id per row, and the row of an id.</summary>
    public ItemIds ItemIds { get; }

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
    public bool TryGetItem(string itemId, out int row) => ItemIds.TryGetRow(itemId, out row);

    /// <summary>The last row whose id has a stable hash up to this one; -1: none has.</summary>
    public int LastRowUpTo(ulong hash)
    {
        var (begin, end) = (0, ItemIds.Count);
        while (begin < end)
        {
            var middle = begin + (end - begin) / 2;
            if (ItemIds.Hash(middle) <= hash)
                begin = middle + 1;
            else
                end = middle;
        }
        return begin - 1;
    }

    /// <summary>Vectors of users as they were in Redis, which has them all. They go with the generation, so none is ever taken for another one's.</summary>
    public CachedVectors CachedUsers { get; }

    /// <summary>The rows of each category when the model was trained.</summary>
    public IReadOnlyDictionary<string, int[]> ItemsOfCategory { get; }

    private static uint HashOf(IEnumerable<ChunkInfo> chunks)
    {
        var hash = new XxHash32();
        foreach (var chunk in chunks)
            hash.Append(chunk.Sha256.Span);
        return hash.GetCurrentHashAsUInt32();
    }

    private static int[] MostFirst(int[] popularity)
    {
        // Greater numbers first, then smaller rows.
        var keys = new long[popularity.Length];
        for (var row = 0; row < keys.Length; row++)
            keys[row] = (long)~popularity[row] << 32 | (uint)row;
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)key);
    }
}
