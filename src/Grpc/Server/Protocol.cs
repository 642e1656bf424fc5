using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server;

/// <summary>The parts of the protocol that are headers.</summary>
internal static class Protocol
{
    /// <summary>Answers what is not gRPC over HTTP/2 with the HTTP status for it.</summary>
    public static bool RefusesRequest(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.Headers.Upgrade = "h2";
            Refuse(context.Response, StatusCodes.Status426UpgradeRequired, $"Request protocol '{context.Request.Protocol}' is not supported: gRPC needs HTTP/2.");
            return true;
        }
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            Refuse(context.Response, StatusCodes.Status405MethodNotAllowed, $"HTTP method '{context.Request.Method}' is not supported: gRPC needs POST.");
            return true;
        }
        if (!ContentType.IsGrpc(context.Request.ContentType))
        {
            Refuse(context.Response, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{context.Request.ContentType}' is not supported: gRPC needs '{ContentType.Grpc}'.");
            return true;
        }
        return false;
    }

    /// <summary>Ends a call: in the headers if none were sent (a trailers-only response), else in the trailers.</summary>
    public static void WriteStatus(HttpResponse response, Status status)
    {
        if (!response.HasStarted)
            response.ContentType = ContentType.Grpc;
        var trailers = Trailers(response);
        trailers["grpc-status"] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
            trailers["grpc-message"] = PercentEncoding.Encode(status.Detail);
    }

    /// <summary>Adds metadata to what ends a call.</summary>
    public static void WriteTrailers(HttpResponse response, Metadata metadata) => Write(Trailers(response), metadata);

    public static void Write(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (!MetadataHeaders.IsReserved(entry.Key))
                headers[entry.Key] = StringValues.Concat(headers[entry.Key], entry.WireValue);
        }
    }

    private static IHeaderDictionary Trailers(HttpResponse response) => response.HasStarted
        ? response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            ?? throw new InvalidOperationException("The server does not support trailers.")
        : response.Headers;

    private static void Refuse(HttpResponse response, int httpStatus, string detail)
    {
        WriteStatus(response, new Status(StatusCode.Internal, detail));
        response.ContentType = null;
        response.StatusCode = httpStatus;
    }
}
