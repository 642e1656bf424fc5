using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>Ends gRPC calls with the status that <see cref="ErrorStatus"/> gives an exception.</summary>
/// <param name="logger">Takes what nobody foresaw, which callers are not told.</param>
internal sealed partial class GrpcErrors(ILogger<GrpcErrors> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        UnreadableMessages.End(context);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw Ended(status, e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        UnreadableMessages.End(context);
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when ((UnreadablePart(e) ?? StatusOf(e, context)) is { } status)
        {
            throw Ended(status, e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        UnreadableMessages.End(context);
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw Ended(status, e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        UnreadableMessages.End(context);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when ((UnreadablePart(e) ?? StatusOf(e, context)) is { } status)
        {
            throw Ended(status, e, context);
        }
    }

    // A method that is transcoded to JSON has no trailers.
    private static RpcException Ended(Status status, Exception exception, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (!GrpcRefusal.Fits(http.Request) && !http.Response.HasStarted)
            ErrorStatus.AddHeaders(http.Response, exception);
        return new(status, ErrorStatus.TrailersOf(exception));
    }

    // What is thrown of a stream's next request that is cut short, not framed as gRPC has it, or no message of its kind. What is stored is read by
    // StoredMessage, which throws another exception.
    private static Status? UnreadablePart(Exception exception) => exception switch
    {
        RpcException { StatusCode: StatusCode.Internal } framework => Unreadable(framework.Status.Detail),
        InvalidDataException or IOException or InvalidProtocolBufferException => Unreadable(exception.Message),
        _ => null,
    };

    private static Status Unreadable(string why) => new(StatusCode.InvalidArgument, $"A message of the stream can't be read: {why}");

    // A caller that has hung up is no error of ours, and is logged as none.
    private Status? StatusOf(Exception exception, ServerCallContext context)
    {
        if (exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
            return new(StatusCode.Cancelled, "The caller cancelled the call.");
        if (ErrorStatus.Of(exception) is { } status)
            return status;
        Unforeseen(context.Method, exception);
        return null;
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed.")]
    private partial void Unforeseen(string method, Exception exception);
}
