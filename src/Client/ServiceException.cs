using Grpc.Core;

namespace Rearm.Streaming.Client;

/// <summary>A service could not be reached, or refused a call.</summary>
public sealed class ServiceException : Exception
{
    /// <summary>An error that names the address, the status and the service's reason.</summary>
    public ServiceException(Uri address, RpcException cause) : base($"{address} {(cause.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded ? "did not answer" : "refused")} ({cause.StatusCode}): {cause.Status.Detail}", cause)
    {
        Address = address;
        StatusCode = cause.StatusCode;
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
}
