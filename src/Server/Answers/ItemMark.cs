using Rearm.Streaming.Contracts;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Names an item in a page token, in four bytes: an item of the generation by its row, which is the same in every Server that serves the generation; any other
/// by 31 bits of the stable hash of its id.
/// </summary>
internal static class ItemMark
{
    private const uint IsHash = 1u << 31;
    private const int Dropped = 33;

    /// <summary>The mark of an item.</summary>
    /// <param name="generation">Null: there is none yet.</param>
    /// <param name="itemId">Known to the generation or not.</param>
    public static uint Of(LoadedGeneration? generation, string itemId) =>
        generation is not null && generation.TryGetItem(itemId, out var row) ? (uint)row : Of(StableHash.Of(itemId));

    /// <summary>The mark of an item that the generation does not know, by the stable hash of its id.</summary>
    public static uint Of(ulong hash) => IsHash | (uint)(hash >> Dropped);

    /// <summary>The mark of a row; rows beyond the generation's are new items.</summary>
    public static uint Of(LoadedGeneration generation, NewItems newItems, int row) =>
        row < generation.ItemIds.Count ? (uint)row : Of(newItems.Hash(row - generation.ItemIds.Count));

    /// <summary>Whether a mark names an item of the generation; then it is that item's row.</summary>
    public static bool IsRow(LoadedGeneration generation, uint mark) => mark < generation.ItemIds.Count;

    /// <summary>The row of an item that has a vector; rows beyond the generation's are new items.</summary>
    public static bool TryRow(LoadedGeneration generation, NewItems newItems, uint mark, out int row)
    {
        row = (int)mark;
        if (mark < IsHash)
            return IsRow(generation, mark);
        var item = newItems.FirstFrom((ulong)(mark & ~IsHash) << Dropped);
        row = generation.ItemIds.Count + item;
        return item < newItems.WithVector && Of(newItems.Hash(item)) == mark;
    }
}
