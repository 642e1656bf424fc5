using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Between HTTP headers and metadata.</summary>
internal static class MetadataHeaders
{
    /// <summary>Whether a header belongs to the protocol and so is neither given to nor taken from users.</summary>
    public static bool IsReserved(string name) => name.StartsWith(':') || name.ToLowerInvariant() is
        "te" or "content-type" or "content-length" or "host" or "connection" or "transfer-encoding" or
        "grpc-status" or "grpc-message" or "grpc-encoding" or "grpc-accept-encoding" or "grpc-timeout" or "grpc-message-type" or
        Metadata.CompressionRequestKey;

    /// <summary>Adds one header line; a binary one may hold several values separated by commas.</summary>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (IsReserved(name) || !Metadata.Entry.IsValidKey(name))
            return;
        if (!Metadata.Entry.IsBinaryKey(name))
        {
            metadata.Add(name, value);
            return;
        }
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
            metadata.Add(name, FromBase64(name, part));
    }

    // Peers may leave the padding out.
    private static byte[] FromBase64(string name, string value)
    {
        try
        {
            return Convert.FromBase64String((value.Length % 4) switch { 2 => value + "==", 3 => value + "=", _ => value });
        }
        catch (FormatException ex)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The metadata '{name}' is not valid base64.", ex));
        }
    }
}
