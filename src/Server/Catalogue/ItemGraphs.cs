using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The graphs of items that come with a generation, by its rows.</summary>
internal static class ItemGraphs
{
    /// <summary>Puts the graphs of the chunks together.</summary>
    /// <param name="chunks">As they were stored, those without items left out: which arrival is the first, and the graphs from there.</param>
    /// <param name="hashes">Per row the hash of the item's id, in ascending order.</param>
    /// <param name="arrivals">Per row as the how manieth the item came.</param>
    /// <exception cref="ContractException">The chunks have not all the same graphs.</exception>
    public static IReadOnlyList<ItemGraph> Of(IReadOnlyList<(int Start, IReadOnlyList<ItemLinks> Links)> chunks, ulong[] hashes, int[] arrivals)
    {
        if (chunks.Count == 0)
            return [];
        var names = chunks[0].Links.Select(links => links.Modality).ToList();
        if (names.Distinct().Count() != names.Count || !chunks.All(chunk => chunk.Links.Select(links => links.Modality).SequenceEqual(names)))
            throw new ContractException("The item chunks have not all the same graphs.");
        int[] starts = [.. chunks.Select(chunk => chunk.Start)];
        return [.. names.Select((name, graph) => new ItemGraph(name, Neighbors(starts, [.. chunks.Select(chunk => chunk.Links[graph])], hashes, arrivals)))];
    }

    private static SparseRows Neighbors(int[] starts, ItemLinks[] links, ulong[] hashes, int[] arrivals)
    {
        var entries = Array.ConvertAll(links, ItemLinksCodec.Starts);
        var all = links.Sum(part => part.Items.Count);
        var (pointers, columns, values, count) = (new int[arrivals.Length + 1], new int[all], new float[all], 0);
        for (var row = 0; row < arrivals.Length; row++)
        {
            var found = Array.BinarySearch(starts, arrivals[row]);
            var chunk = found >= 0 ? found : ~found - 1;
            var place = arrivals[row] - starts[chunk];
            for (var entry = entries[chunk][place]; entry < entries[chunk][place + 1]; entry++)
                if (Array.BinarySearch(hashes, links[chunk].Items[entry]) is var neighbor and >= 0)
                    (columns[count], values[count++]) = (neighbor, links[chunk].Values[entry]);
            pointers[row + 1] = count;
        }
        // Neighbours that were taken out of the generation are left out.
        Array.Resize(ref columns, count);
        Array.Resize(ref values, count);
        return new(pointers, columns, values);
    }
}
