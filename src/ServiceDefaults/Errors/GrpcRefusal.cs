using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>Ends a gRPC call before its request has been read, which costs next to nothing.</summary>
public static class GrpcRefusal
{
    /// <summary>Whether a request is a gRPC call.</summary>
    public static bool Fits(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Writes a response of nothing but a status: its trailers are the headers.</summary>
    /// <param name="response">Not begun yet.</param>
    /// <param name="status">Why.</param>
    /// <param name="trailers">What goes with it (<see cref="ErrorStatus.TrailersOf"/>).</param>
    public static void Write(HttpResponse response, Status status, Metadata trailers)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
        foreach (var trailer in trailers)
            response.Headers[trailer.Key] = trailer.Value;
    }
}
