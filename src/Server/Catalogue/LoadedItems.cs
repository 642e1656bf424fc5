using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>A generation's items, by row.</summary>
/// <param name="Ids">External ids.</param>
/// <param name="Popularity">Distinct users.</param>
/// <param name="Available">Rows that could be recommended when the model was trained, as an <see cref="ItemSet"/>.</param>
/// <param name="ItemsOfCategory">The rows of each category, ascending.</param>
/// <param name="Graphs">Which items go with which.</param>
/// <param name="Matrix">Vectors, row-major.</param>
internal sealed record LoadedItems(
    ItemIds Ids, int[] Popularity, ulong[] Available, IReadOnlyDictionary<string, int[]> ItemsOfCategory, IReadOnlyList<ItemGraph> Graphs, float[] Matrix);
