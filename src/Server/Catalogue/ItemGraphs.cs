using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The graphs of items that come with a generation, by its rows.</summary>
internal static class ItemGraphs
{
    /// <summary>Puts the graphs of the chunks together.</summary>
    /// <param name="chunks">As they were stored.</param>
    /// <param name="places">Per row the hash of the item's id, in ascending order, and where it stood.</param>
    /// <exception cref="ContractException">The chunks have not all the same graphs.</exception>
    public static IReadOnlyList<ItemGraph> Of(IReadOnlyList<ItemChunk> chunks, (ulong Hash, int Chunk, int Row)[] places)
    {
        var filled = chunks.Where(chunk => chunk.ItemIds.Count > 0).ToList();
        if (filled.Count == 0)
            return [];
        var names = filled[0].Links.Select(links => links.Modality).ToList();
        if (names.Distinct().Count() != names.Count || !filled.All(chunk => chunk.Links.Select(links => links.Modality).SequenceEqual(names)))
            throw new ContractException("The item chunks have not all the same graphs.");
        var hashes = Array.ConvertAll(places, place => place.Hash);
        return [.. names.Select((name, graph) => new ItemGraph(name, Neighbors(chunks, places, hashes, graph)))];
    }

    private static SparseRows Neighbors(IReadOnlyList<ItemChunk> chunks, (ulong Hash, int Chunk, int Row)[] places, ulong[] hashes, int graph)
    {
        var starts = chunks.Select(chunk => chunk.ItemIds.Count > 0 ? ItemLinksCodec.Starts(chunk.Links[graph]) : []).ToArray();
        var (pointers, columns, values) = (new int[places.Length + 1], new List<int>(), new List<float>());
        for (var row = 0; row < places.Length; row++)
        {
            var (_, chunk, place) = places[row];
            var links = chunks[chunk].Links[graph];
            for (var entry = starts[chunk][place]; entry < starts[chunk][place + 1]; entry++)
                if (Array.BinarySearch(hashes, links.Items[entry]) is var neighbor and >= 0)
                {
                    columns.Add(neighbor);
                    values.Add(links.Values[entry]);
                }
            pointers[row + 1] = columns.Count;
        }
        return new(pointers, [.. columns], [.. values]);
    }
}
