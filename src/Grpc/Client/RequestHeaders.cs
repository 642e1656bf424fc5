using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The request of a call.</summary>
internal static class RequestHeaders
{
    private static readonly string s_userAgent = $"grpc-dotnet-rearm/{typeof(RequestHeaders).Assembly.GetName().Version?.ToString(3)}";

    public static HttpRequestMessage NewRequest(Uri address, string path, string? host, Metadata? metadata, string? compression, TimeSpan? timeout)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var headers = request.Headers;
        headers.Host = host;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", s_userAgent);
        headers.TryAddWithoutValidation("grpc-accept-encoding", Gzip.AcceptEncoding);
        if (compression is not null)
            headers.TryAddWithoutValidation("grpc-encoding", compression);
        if (timeout is not null)
            headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout.Value));
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            if (!MetadataHeaders.IsReserved(entry.Key))
                headers.TryAddWithoutValidation(entry.Key, entry.WireValue);
        }
        return request;
    }
}
