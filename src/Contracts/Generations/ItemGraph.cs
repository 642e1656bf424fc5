using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>A graph of items.</summary>
/// <param name="Modality">The modality whose vectors are near each other; empty: items with users in common.</param>
/// <param name="Neighbors">Per item its neighbours, strongest first, with the users in common, or the cosines; an item is no neighbour of its own.</param>
public sealed record ItemGraph(string Modality, SparseRows Neighbors)
{
    /// <summary>A graph without the entries that link an item to itself.</summary>
    public static ItemGraph Of(string modality, SparseRows neighbors)
    {
        var (pointers, columns, values) = (new int[neighbors.Rows + 1], new List<int>(neighbors.Count), new List<float>(neighbors.Count));
        for (var row = 0; row < neighbors.Rows; row++)
        {
            for (var entry = neighbors.Pointers[row]; entry < neighbors.Pointers[row + 1]; entry++)
                if (neighbors.Columns[entry] != row)
                {
                    columns.Add(neighbors.Columns[entry]);
                    values.Add(neighbors.Values[entry]);
                }
            pointers[row + 1] = columns.Count;
        }
        return new(modality, new(pointers, [.. columns], [.. values]));
    }
}
