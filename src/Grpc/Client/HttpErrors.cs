using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>What HTTP's errors mean as a status, by the tables of the gRPC over HTTP/2 specification.</summary>
internal static class HttpErrors
{
    public static StatusCode ToStatusCode(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    public static Status ToStatus(Exception exception)
    {
        for (var ex = exception; ex is not null; ex = ex.InnerException)
        {
            switch (ex)
            {
                case HttpProtocolException protocol:
                    return new Status(FromHttp2(protocol.ErrorCode), $"The stream was reset: {protocol.Message}", exception);
                case SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }:
                    return new Status(StatusCode.Unavailable, $"Error connecting to the server: {ex.Message}", exception);
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return new Status(StatusCode.Unavailable, $"The connection was lost: {ex.Message}", exception);
            }
        }
        return exception is OperationCanceledException
            ? new Status(StatusCode.Cancelled, "The call was cancelled.", exception)
            : new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception);
    }

    private static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        7 => StatusCode.Unavailable,          // REFUSED_STREAM
        8 => StatusCode.Cancelled,            // CANCEL
        11 => StatusCode.ResourceExhausted,   // ENHANCE_YOUR_CALM
        12 => StatusCode.PermissionDenied,    // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
