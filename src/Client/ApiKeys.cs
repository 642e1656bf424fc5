using Grpc.Core;

namespace Rearm.Streaming.Client;

/// <summary>How a call shows an API key.</summary>
internal static class ApiKeys
{
    /// <summary>The headers for a key; none for null.</summary>
    public static Metadata Headers(string? key) => key is null ? [] : new() { { "authorization", $"Bearer {key}" } };
}
