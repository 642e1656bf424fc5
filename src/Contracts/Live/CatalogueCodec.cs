using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Live;

/// <summary>The live catalogue: what the GraphBuilder writes, and the Server follows between generations.</summary>
public static class CatalogueCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    /// <summary>Reads the head.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static CatalogueHead ReadHead(ReadOnlySpan<byte> bytes)
    {
        var head = StoredMessage.Parse(CatalogueHead.Parser, bytes, "head of the live catalogue");
        ContractException.RequireVersion("live catalogue", head.Version, Version);
        return head;
    }

    /// <summary>Reads an item.</summary>
    /// <exception cref="ContractException">Malformed.</exception>
    public static CatalogueItem ReadItem(ReadOnlySpan<byte> bytes)
    {
        var item = StoredMessage.Parse(CatalogueItem.Parser, bytes, "item of the live catalogue");
        if (item.NeighborIds.Count != item.NeighborCosines.Count)
            throw new ContractException($"An item of the live catalogue has {item.NeighborIds.Count} neighbours and {item.NeighborCosines.Count} cosines.");
        return item;
    }

    /// <summary>Reads the list of trending items.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static TrendingItems ReadTrending(ReadOnlySpan<byte> bytes)
    {
        var trending = StoredMessage.Parse(TrendingItems.Parser, bytes, "list of trending items");
        ContractException.RequireVersion("list of trending items", trending.Version, Version);
        if (trending.ItemIds.Count != trending.Scores.Count)
            throw new ContractException($"The list of trending items has {trending.ItemIds.Count} ids and {trending.Scores.Count} scores.");
        return trending;
    }
}
