using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>Reads a response's headers and trailers.</summary>
internal static class ResponseHeaders
{
    public static Metadata ToMetadata(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
                MetadataHeaders.Add(metadata, name, value);
        }
        return metadata;
    }

    /// <summary>The call's status, if these headers end it.</summary>
    public static bool TryGetStatus(HttpResponseHeaders headers, out Status status)
    {
        status = default;
        if (!headers.NonValidated.TryGetValues("grpc-status", out var values))
            return false;
        var detail = headers.NonValidated.TryGetValues("grpc-message", out var messages) ? PercentEncoding.Decode(messages.ToString()) : "";
        var text = values.ToString();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new RpcException(new Status(StatusCode.Unknown, $"Unexpected grpc-status value: {text}"));
        status = new Status(code is >= 0 and <= 16 ? (StatusCode)code : StatusCode.Unknown, detail);
        return true;
    }

    public static string? GetEncoding(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-encoding", out var values) ? values.ToString() : null;

    /// <summary>Throws if the response is not gRPC's.</summary>
    public static void Check(HttpResponseMessage response)
    {
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            throw new RpcException(new Status(HttpErrors.ToStatusCode(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}"));
        var type = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values) ? values.ToString() : null;
        if (!ContentType.IsGrpc(type))
            throw new RpcException(new Status(StatusCode.Unknown, $"Bad gRPC response. Content type: {type ?? "none"}"));
    }
}
