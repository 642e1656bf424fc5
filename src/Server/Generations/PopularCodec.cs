using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Generations;

/// <summary>Reads what the GraphBuilder says is popular.</summary>
internal static class PopularCodec
{
    public const uint Version = 1;

    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public static PopularItems Read(byte[] bytes)
    {
        PopularItems popular;
        try
        {
            popular = PopularItems.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The {bytes.Length} bytes of the popular items are malformed: {e.Message}", e);
        }
        ContractException.RequireVersion("list of popular items", popular.Version, Version);
        if (popular.ItemIds.Count != popular.Users.Count)
            throw new ContractException($"The list of popular items has {popular.ItemIds.Count} ids and {popular.Users.Count} counts.");
        return popular;
    }
}
