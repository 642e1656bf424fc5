using System.Globalization;
using Confluent.Kafka;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Storage.Leases;
using StackExchange.Redis;
using Metadata = Grpc.Core.Metadata;

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The one table from what a service throws to what its caller is told, over gRPC and over HTTP.</summary>
public static class ErrorStatus
{
    /// <summary>The status of an exception; null for one that nobody foresaw, which is a bug and not for callers to read.</summary>
    public static Status? Of(Exception exception) => exception switch
    {
        InvalidRequestException => new(StatusCode.InvalidArgument, exception.Message, exception),
        UnauthenticatedException => new(StatusCode.Unauthenticated, exception.Message, exception),
        PermissionException => new(StatusCode.PermissionDenied, exception.Message, exception),
        LimitException => new(StatusCode.ResourceExhausted, exception.Message, exception),
        NotFoundException => new(StatusCode.NotFound, exception.Message, exception),
        PreconditionException => new(StatusCode.FailedPrecondition, exception.Message, exception),
        // What is stored is damaged or too large, and stays so until somebody acts on the message.
        ContractException => new(StatusCode.FailedPrecondition, exception.Message, exception),
        UnavailableException => new(StatusCode.Unavailable, exception.Message, exception),
        RedisException or RedisTimeoutException => new(StatusCode.Unavailable, $"Redis does not answer: {exception.Message}", exception),
        KafkaException kafka => new(StatusCode.Unavailable, $"Kafka does not answer: {kafka.Error.Reason}", exception),
        // Another process has taken over, and the next call reaches that one.
        LeaseLostException => new(StatusCode.Unavailable, exception.Message, exception),
        TimeoutException => new(StatusCode.Unavailable, exception.Message, exception),
        RpcException rpc => rpc.Status,
        _ => null,
    };

    /// <summary>
    /// What goes with the status of a gRPC call: for <see cref="LimitException"/> when to try again, as "retry-after" (whole seconds, like HTTP's header)
    /// and as "grpc-retry-pushback-ms", which gRPC's own retries go by.
    /// </summary>
    public static Metadata TrailersOf(Exception exception) => exception is LimitException limit
        ? new()
        {
            { "retry-after", limit.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture) },
            { "grpc-retry-pushback-ms", Math.Ceiling(limit.RetryAfter.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) },
        }
        : [];

    /// <summary>Adds the headers that go with an error over HTTP: when to try again, or how to identify oneself.</summary>
    public static void AddHeaders(HttpResponse response, Exception exception)
    {
        if (exception is LimitException limit)
            response.Headers.RetryAfter = limit.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        else if (exception is UnauthenticatedException)
            response.Headers.WWWAuthenticate = "Bearer";
    }

    /// <summary>A status code's name in the gRPC specification, e.g. INVALID_ARGUMENT.</summary>
    public static string NameOf(StatusCode code) => string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
