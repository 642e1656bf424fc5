using Grpc.Core;

namespace Rearm.Streaming.Client;

/// <summary>A service could not be reached, or refused a call.</summary>
public sealed class ServiceException : Exception
{
    // HTTP/2's PROTOCOL_ERROR.
    private const long ProtocolError = 1;

    /// <summary>An error that names the address, the status and the service's reason.</summary>
    public ServiceException(Uri address, RpcException cause)
        : base($"{address} {What(StatusOf(cause))}: {cause.Status.Detail}", cause)
    {
        Address = address;
        StatusCode = StatusOf(cause);
        Reason = cause.Status.Detail;
        RetryAfter = RetryHint.Of(cause);
    }

    /// <summary>The service's address.</summary>
    public Uri Address { get; }

    /// <summary>The gRPC status, e.g. NotFound or Unavailable.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>When a service that is asked for too much says to try again; null in all other cases.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What the service, or the connection, says about it.</summary>
    public string Reason { get; }

    private static string What(StatusCode status) =>
        $"{(status is StatusCode.Unavailable or StatusCode.DeadlineExceeded ? "did not answer" : "refused")} ({status})";

    // A ping that is not answered is no failure of the service, though .NET reports a breach of the protocol, and gRPC makes Internal of that.
    private static StatusCode StatusOf(RpcException cause)
    {
        for (var e = cause.Status.DebugException; e is not null && cause.StatusCode == StatusCode.Internal; e = e.InnerException)
            if (e is HttpProtocolException { ErrorCode: ProtocolError })
                return StatusCode.Unavailable;
        return cause.StatusCode;
    }
}
