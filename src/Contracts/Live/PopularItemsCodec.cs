using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Live;

/// <summary>The list of popular items: what the GraphBuilder counts, and the Server shows while no generation knows better.</summary>
public static class PopularItemsCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    /// <summary>A list, most users first.</summary>
    /// <param name="items">Each item with its number of distinct users.</param>
    public static PopularItems Describe(IEnumerable<(string ItemId, int Users)> items)
    {
        var popular = new PopularItems { Version = Version };
        foreach (var (itemId, users) in items)
        {
            popular.ItemIds.Add(itemId);
            popular.Users.Add(users);
        }
        return popular;
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static PopularItems Read(ReadOnlySpan<byte> bytes)
    {
        var popular = StoredMessage.Parse(PopularItems.Parser, bytes, "list of popular items");
        ContractException.RequireVersion("list of popular items", popular.Version, Version);
        if (popular.ItemIds.Count != popular.Users.Count)
            throw new ContractException($"The list of popular items has {popular.ItemIds.Count} ids and {popular.Users.Count} counts.");
        return popular;
    }
}
