using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Takes a generation's items chunk by chunk, as they come from Redis, and puts them into the order of rows when all are there. Each number is copied once, to where
/// it stays, and of a chunk nothing is kept but its part of the graphs: an old and a new matrix are all that a swap needs room for.
/// </summary>
internal sealed class ItemLoading
{
    private readonly GenerationManifest _manifest;
    private readonly int _width;

    // By arrival.
    private readonly ArrayBufferWriter<byte> _ids = new();
    private readonly int[] _idStarts;
    private readonly ulong[] _hashes;
    private readonly float[] _matrix;
    private readonly int[] _popularity;
    private readonly bool[] _available;
    private readonly Dictionary<string, List<int>> _categories = [];
    private readonly List<(int Start, IReadOnlyList<ItemLinks> Links)> _links = [];
    private int _count;

    /// <param name="manifest">Says how many items there will be.</param>
    /// <exception cref="ContractException">They are too many for one Server.</exception>
    public ItemLoading(GenerationManifest manifest)
    {
        (_manifest, _width) = (manifest, manifest.Dimension);
        if ((manifest.Items + 2L * CodeLayout.BlockRows) * (_width + 2 * CodeLayout.GroupColumns) > Array.MaxLength)
            throw new ContractException($"Generation {manifest.Number} has {manifest.Items} items of {_width} numbers; one Server holds {Array.MaxLength / _width} of that width.");
        var items = (int)manifest.Items;
        _idStarts = new int[items + 1];
        _hashes = new ulong[items];
        _matrix = GC.AllocateUninitializedArray<float>(items * _width);
        _popularity = new int[items];
        _available = new bool[items];
    }

    /// <summary>The items of chunks that are in memory already.</summary>
    /// <exception cref="ContractException">As the constructor and <see cref="Take"/>.</exception>
    public static ItemLoading Of(StoredGeneration stored)
    {
        var loading = new ItemLoading(stored.Manifest);
        foreach (var chunk in stored.Items)
            loading.Take(chunk, chunk.Vectors.Span);
        return loading;
    }

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Verified; its vectors are not looked at.</param>
    /// <param name="vectors">Its vectors: row-major float32.</param>
    /// <exception cref="ContractException">A vector can't be served.</exception>
    public void Take(ItemChunk chunk, ReadOnlySpan<byte> vectors)
    {
        vectors.CopyTo(MemoryMarshal.AsBytes(_matrix.AsSpan(_count * _width)));
        if (chunk.ItemIds.Count > 0)
            _links.Add((_count, chunk.Links));
        for (var row = 0; row < chunk.ItemIds.Count; row++, _count++)
        {
            var id = chunk.ItemIds[row];
            if (VectorRules.Problem(_matrix.AsSpan(_count * _width, _width)) is { } problem)
                throw new ContractException($"Generation {_manifest.Number} can't be served: the vector of item \"{id}\" {problem}.");
            Encoding.UTF8.GetBytes(id, _ids);
            _idStarts[_count + 1] = _ids.WrittenCount;
            _hashes[_count] = StableHash.Of(Id(_count));
            _popularity[_count] = chunk.Popularity[row];
            _available[_count] = chunk.Available[row];
            foreach (var category in chunk.Categories[row].Values)
            {
                var members = CollectionsMarshal.GetValueRefOrAddDefault(_categories, category, out _) ??= [];
                // It may be named twice.
                if (members.Count == 0 || members[^1] != _count)
                    members.Add(_count);
            }
        }
    }

    /// <summary>All of them, in the order of rows: that of the stable hash of their ids. The loading is used up.</summary>
    /// <exception cref="ContractException">An id is there twice, or the chunks have not all the same graphs.</exception>
    public LoadedItems Finish()
    {
        var arrivals = new int[_count];
        for (var arrival = 0; arrival < _count; arrival++)
            arrivals[arrival] = arrival;
        Array.Sort(_hashes, arrivals);
        SortTies(arrivals);
        var rows = new int[_count];
        for (var row = 0; row < _count; row++)
            rows[arrivals[row]] = row;

        var items = new LoadedItems(
            Ids(arrivals),
            Array.ConvertAll(arrivals, arrival => _popularity[arrival]),
            Available(arrivals),
            _categories.ToDictionary(category => category.Key, category => Rows(category.Value, rows)),
            ItemGraphs.Of(_links, _hashes, arrivals),
            _matrix);
        RowOrder.Apply(_matrix, _width, arrivals);
        return items;
    }

    /// <summary>Ids of the same hash go by their UTF-16 code units. They should be different ones.</summary>
    private void SortTies(int[] arrivals)
    {
        for (int start = 0, end; start < arrivals.Length; start = end)
        {
            for (end = start + 1; end < arrivals.Length && _hashes[end] == _hashes[start];)
                end++;
            if (end == start + 1)
                continue;
            arrivals.AsSpan(start..end).Sort((a, b) => string.CompareOrdinal(Encoding.UTF8.GetString(Id(a)), Encoding.UTF8.GetString(Id(b))));
            for (var row = start + 1; row < end; row++)
                if (Id(arrivals[row]).SequenceEqual(Id(arrivals[row - 1])))
                    throw new ContractException($"Generation {_manifest.Number} has item \"{Encoding.UTF8.GetString(Id(arrivals[row]))}\" twice.");
        }
    }

    private ReadOnlySpan<byte> Id(int arrival) => _ids.WrittenSpan[_idStarts[arrival].._idStarts[arrival + 1]];

    private ItemIds Ids(int[] arrivals)
    {
        var (texts, starts) = (new byte[_ids.WrittenCount], new int[arrivals.Length + 1]);
        for (var row = 0; row < arrivals.Length; row++)
        {
            var id = Id(arrivals[row]);
            id.CopyTo(texts.AsSpan(starts[row]));
            starts[row + 1] = starts[row] + id.Length;
        }
        return new(texts, starts);
    }

    private ulong[] Available(int[] arrivals)
    {
        var words = new ulong[ItemSet.WordsFor(arrivals.Length)];
        var available = new ItemSet(words);
        for (var row = 0; row < arrivals.Length; row++)
            if (_available[arrivals[row]])
                available.Add(row);
        return words;
    }

    private static int[] Rows(List<int> members, int[] rows)
    {
        var sorted = new int[members.Count];
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = rows[members[i]];
        Array.Sort(sorted);
        return sorted;
    }
}
