using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// A part of a graph of items as it is stored: neighbours by the hashes of their ids, so that an item which is taken out of the generation leaves nothing to
/// renumber.
/// </summary>
public static class ItemLinksCodec
{
    /// <summary>The rows of a graph from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="hashes">The stable hash of each item's id.</param>
    /// <param name="start">The first row.</param>
    /// <param name="end">The row after the last.</param>
    public static ItemLinks Describe(ItemGraph graph, ulong[] hashes, int start, int end)
    {
        var links = new ItemLinks { Modality = graph.Modality };
        for (var row = start; row < end; row++)
        {
            links.Counts.Add((uint)graph.Neighbors.Degree(row));
            foreach (var neighbor in graph.Neighbors.RowColumns(row))
                links.Items.Add(hashes[neighbor]);
            foreach (var value in graph.Neighbors.RowValues(row))
                links.Values.Add(value);
        }
        return links;
    }

    /// <summary>Requires that the numbers of neighbours add up.</summary>
    /// <exception cref="ContractException">They do not.</exception>
    public static void Check(ItemLinks links)
    {
        var count = links.Counts.Sum(c => (long)c);
        if (links.Items.Count != count || links.Values.Count != count)
            throw new ContractException($"The links \"{links.Modality}\" of an item chunk do not add up: {links.Items.Count} neighbours and {links.Values.Count} values of {count}.");
    }

    /// <summary>Some of the rows, in order.</summary>
    public static ItemLinks Keep(ItemLinks links, int[] rows)
    {
        var starts = Starts(links);
        var left = new ItemLinks { Modality = links.Modality };
        foreach (var row in rows)
        {
            left.Counts.Add(links.Counts[row]);
            for (var entry = starts[row]; entry < starts[row + 1]; entry++)
            {
                left.Items.Add(links.Items[entry]);
                left.Values.Add(links.Values[entry]);
            }
        }
        return left;
    }

    /// <summary>Where each row's neighbours begin, and where the last one's end.</summary>
    public static int[] Starts(ItemLinks links)
    {
        var starts = new int[links.Counts.Count + 1];
        for (var row = 0; row < links.Counts.Count; row++)
            starts[row + 1] = starts[row] + (int)links.Counts[row];
        return starts;
    }
}
